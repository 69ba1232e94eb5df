# Reference values for the multilevel models M0 to M3 (METHODS, section 4), by lme4 and emmeans.
#   Rscript tests/reference/lme4_models.R          (from the repository root)
# Reads tests/reference/analysis_table.csv, writes tests/reference/lme4_models.json.
# Random part as the workflow's engine can express it: therapist intercept, patient intercept and
# patient slope, all independent; time is zero at session 1.
suppressMessages({library(lme4); library(emmeans); library(jsonlite)})

folder <- "tests/reference"
table <- read.csv(file.path(folder, "analysis_table.csv"))
table$pattern <- factor(table$pattern, levels = c("none", "unrepaired", "repaired"))
fixed <- c(M0 = "time", M1 = "time * pattern", M2 = "time * pattern * iip_z",
           M3 = "time * pattern * iip_z * length_c")
random <- "(1 | therapist_id) + (1 | patient_id) + (0 + time | patient_id)"
# tight stopping rules: the optimum itself, to more digits than the tests compare
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))

fit <- function(model, reml) {
  lmer(as.formula(paste("symptoms ~", fixed[[model]], "+", random)), table, REML = reml,
       control = control)
}

values <- function(model) {
  b <- fixef(model)
  names(b) <- gsub("pattern(unrepaired|repaired)", "pattern[\\1]", names(b))
  names(b)[names(b) == "(Intercept)"] <- "Intercept"
  se <- sqrt(diag(as.matrix(vcov(model))))
  v <- as.data.frame(VarCorr(model))
  component <- ifelse(v$grp == "therapist_id", "therapist", ifelse(v$grp == "Residual", "residual",
               ifelse(v$var1 == "time", "patient_slope", "patient")))
  list(terms = names(b), estimates = unname(b), se = unname(se),
       variances = as.list(setNames(v$vcov, component)), llf = as.numeric(logLik(model)))
}

# simple slopes and their differences, with infinite degrees of freedom as in the workflow
wanted <- list("repaired - unrepaired" = c(0, -1, 1), "repaired - none" = c(-1, 0, 1),
               "unrepaired - none" = c(-1, 1, 0))
slopes <- function(model, at) {
  specs <- as.formula(paste("~ pattern |", paste(names(at), collapse = " + ")))
  trends <- emtrends(model, specs, var = "time", at = at, lmer.df = "asymptotic")
  take <- function(grid, label, value) {
    s <- as.data.frame(summary(grid, infer = c(TRUE, TRUE)))
    data.frame(what = as.character(s[[label]]), s[names(at)], estimate = s[[value]], se = s$SE,
               ci_low = s$asymp.LCL, ci_high = s$asymp.UCL, statistic = s$z.ratio, p = s$p.value)
  }
  list(slopes = take(trends, "pattern", "time.trend"),
       contrasts = take(contrast(trends, wanted), "contrast", "estimate"))
}

ml <- lapply(setNames(names(fixed), names(fixed)), fit, reml = FALSE)
reml <- lapply(setNames(names(fixed), names(fixed)), fit, reml = TRUE)
tests <- as.data.frame(anova(ml$M0, ml$M1, ml$M2, ml$M3))
result <- list(
  made_with = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                   emmeans = as.character(packageVersion("emmeans"))),
  random = random,
  ML = lapply(ml, values), REML = lapply(reml, values),
  likelihood_ratio_tests = data.frame(model = names(fixed), chisq = tests$Chisq, df = tests$Df,
                                      p = tests[["Pr(>Chisq)"]], aic = tests$AIC),
  M2 = slopes(reml$M2, list(iip_z = c(-1, 0, 1))),
  M3 = slopes(reml$M3, list(iip_z = c(-1, 0, 1), length_c = c(-0.5, 0, 0.8)))
)
write_json(result, file.path(folder, "lme4_models.json"), digits = I(10), auto_unbox = TRUE,
           pretty = TRUE, na = "null")
