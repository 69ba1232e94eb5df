# Reference values for the multilevel models M0 to M3 (docs/methods.md, Models), by lme4, lmerTest and
# emmeans.
#   Rscript tests/reference/lme4_models.R          (from the repository root)
# Reads tests/reference/analysis_table.csv (150 patients, all variances clear of zero) and
# tests/reference/shipped_table.csv.gz (the analysis table of the shipped cohort); writes
# tests/reference/lme4_models.json. Time is zero at session 1.
suppressMessages({library(lme4); library(lmerTest); library(emmeans); library(jsonlite)})
emm_options(lmerTest.limit = 1e5)

folder <- "tests/reference"
tables <- c(reference = "analysis_table.csv", shipped = "shipped_table.csv.gz")
fixed <- c(M0 = "time", M1 = "time * pattern", M2 = "time * pattern * iip_z",
           M3 = "time * pattern * iip_z * length_c")
random <- c(correlated = "(1 | therapist_id) + (1 + time | patient_id)",
            independent = "(1 | therapist_id) + (1 | patient_id) + (0 + time | patient_id)")
# tight stopping rules: the optimum itself, to more digits than the tests compare
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))

values <- function(model) {
  s <- coef(summary(model, ddf = "Satterthwaite"))
  names <- gsub("pattern(unrepaired|repaired)", "pattern[\\1]", rownames(s))
  names[names == "(Intercept)"] <- "Intercept"
  v <- as.data.frame(VarCorr(model))
  component <- ifelse(v$grp == "therapist_id", "therapist", ifelse(v$grp == "Residual", "residual",
               ifelse(!is.na(v$var2), "patient_covariance",
               ifelse(v$var1 == "time", "patient_slope", "patient"))))
  list(terms = names, estimates = unname(s[, "Estimate"]), se = unname(s[, "Std. Error"]),
       df = unname(s[, "df"]), p = unname(s[, "Pr(>|t|)"]),
       variances = as.list(setNames(v$vcov, component)), llf = as.numeric(logLik(model)))
}

# simple slopes and their differences, with Satterthwaite degrees of freedom
wanted <- list("repaired - unrepaired" = c(0, -1, 1), "repaired - none" = c(-1, 0, 1),
               "unrepaired - none" = c(-1, 1, 0))
slopes <- function(model, at) {
  specs <- as.formula(paste("~ pattern |", paste(names(at), collapse = " + ")))
  trends <- emtrends(model, specs, var = "time", at = at, lmer.df = "satterthwaite")
  take <- function(grid, label, value) {
    s <- as.data.frame(summary(grid, infer = c(TRUE, TRUE)))
    data.frame(what = as.character(s[[label]]), s[names(at)], estimate = s[[value]], se = s$SE,
               df = s$df, ci_low = s$lower.CL, ci_high = s$upper.CL, statistic = s$t.ratio,
               p = s$p.value)
  }
  list(slopes = take(trends, "pattern", "time.trend"),
       contrasts = take(contrast(trends, wanted), "contrast", "estimate"))
}

study <- function(file, structure) {
  table <- read.csv(file.path(folder, file))
  table$pattern <- factor(table$pattern, levels = c("none", "unrepaired", "repaired"))
  fit <- function(model, reml) {
    formula <- as.formula(paste("symptoms ~", fixed[[model]], "+", random[[structure]]))
    # emmeans looks the data up by the call
    do.call(lmerTest::lmer, list(formula, table, REML = reml, control = control))
  }
  names <- setNames(names(fixed), names(fixed))
  ml <- lapply(names, fit, reml = FALSE)
  reml <- lapply(names, fit, reml = TRUE)
  tests <- as.data.frame(anova(ml$M0, ml$M1, ml$M2, ml$M3))
  list(ML = lapply(ml, values), REML = lapply(reml, values),
       likelihood_ratio_tests = data.frame(model = names(fixed), chisq = tests$Chisq,
                                           df = tests$Df, p = tests[["Pr(>Chisq)"]],
                                           aic = tests$AIC),
       M2 = slopes(reml$M2, list(iip_z = c(-1, 0, 1))),
       M3 = slopes(reml$M3, list(iip_z = c(-1, 0, 1), length_c = c(-0.5, 0, 0.8))))
}

versions <- c("lme4", "lmerTest", "emmeans")
result <- list(
  made_with = c(list(R = R.version.string),
                lapply(setNames(versions, versions), function(p) as.character(packageVersion(p)))),
  random = as.list(random),
  reference = list(correlated = study(tables[["reference"]], "correlated"),
                   independent = study(tables[["reference"]], "independent")),
  shipped = list(correlated = study(tables[["shipped"]], "correlated"))
)
write_json(result, file.path(folder, "lme4_models.json"), digits = I(10), auto_unbox = TRUE,
           pretty = TRUE, na = "null")
