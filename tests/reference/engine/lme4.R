# Values of lme4, lmerTest and emmeans for the data of make_data.py: `Rscript lme4.R` in this folder.
library(lmerTest)
library(emmeans)
library(jsonlite)
emm_options(lmerTest.limit = 1e5, pbkrtest.limit = 0)

fixed <- list(
  balanced = "time * pattern",
  unbalanced = "time * pattern * iip_z",
  no_therapist_variance = "time * pattern * iip_z",
  perfect_correlation = "time * pattern",
  study_size = "time * pattern * iip_z * length_c"
)
random <- list(
  correlated = "(1 + time | patient_id) + (1 | therapist_id)",
  independent = "(1 + time || patient_id) + (1 | therapist_id)",
  intercept = "(1 | patient_id) + (1 | therapist_id)",
  therapist_slope = "(1 + time | patient_id) + (1 + time | therapist_id)",
  no_therapist = "(1 + time | patient_id)"
)
precise <- lmerControl(
  optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5),
  check.conv.singular = "ignore", calc.derivs = FALSE
)

numbers <- function(frame) {
  frame <- as.data.frame(frame)
  for (name in names(frame)) if (is.factor(frame[[name]])) frame[[name]] <- as.character(frame[[name]])
  frame
}

trends <- function(model, terms) {
  at <- list()
  if (grepl("iip_z", terms)) at$iip_z <- c(-1, 0, 1)
  if (grepl("length_c", terms)) at$length_c <- c(-0.5, 0.5)
  by <- names(at)
  slopes <- emtrends(model, "pattern", by = by, var = "time", at = at, lmer.df = "satterthwaite")
  list(
    slopes = numbers(summary(slopes)),
    contrasts = numbers(summary(contrast(slopes, "revpairwise", by = by, adjust = "none")))
  )
}

values <- list()
for (name in names(fixed)) {
  data <- read.csv(gzfile(paste0(name, ".csv.gz")))
  data$pattern <- factor(data$pattern, levels = c("none", "unrepaired", "repaired"))
  for (structure in names(random)) {
    for (reml in c(TRUE, FALSE)) {
      formula <- as.formula(paste("symptoms ~", fixed[[name]], "+", random[[structure]]))
      # as.name: emmeans finds the data by the call
      model <- lmer(formula, data, REML = reml, control = precise)
      table <- summary(model)$coefficients
      entry <- list(
        data = name, structure = structure, reml = reml, formula = paste("symptoms ~", fixed[[name]]),
        llf = as.numeric(logLik(model)), theta = as.numeric(getME(model, "theta")),
        sigma = sigma(model), terms = rownames(table), estimate = table[, "Estimate"],
        se = table[, "Std. Error"], df = table[, "df"], p = table[, "Pr(>|t|)"]
      )
      if (structure == "correlated" && reml) {
        effects <- ranef(model)
        entry$patient_effects <- as.matrix(head(effects$patient_id, 5))
        entry$therapist_effects <- head(effects$therapist_id[[1]], 5)
        entry <- c(entry, trends(model, fixed[[name]]))
      }
      values[[length(values) + 1]] <- entry
    }
  }
}
versions <- sapply(c("lme4", "lmerTest", "emmeans"), function(p) as.character(packageVersion(p)))
write_json(list(versions = as.list(versions), fits = values), "lme4.json", digits = 9, auto_unbox = TRUE)
