# Fits the models of this run again with lme4 and lmerTest, and prints both results side by side:
#   Rscript refit.R                               (packages needed: lme4 and lmerTest)
# Reads ../data/analysis.csv, the table that the models were fitted to (a row per rated session; its
# columns are explained in ../data/analysis_columns.csv), and the results of the run with all their
# digits, in ../ruptures/counts. Change a formula below and you have your own analysis of the table.
# Nothing is written. All of these folders are private: they hold data of single patients.
suppressMessages({library(lme4); library(lmerTest)})

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
here <- if (length(script)) dirname(gsub("~+~", " ", script[1], fixed = TRUE)) else "."
read <- function(file, ...) {
  read.csv(file.path(here, "..", file), na.strings = "", encoding = "UTF-8", ...)
}

sessions <- read("data/analysis.csv",
                 colClasses = c(patient_id = "character", therapist_id = "character"))
sessions$pattern <- factor(sessions$pattern, levels = c("none", "unrepaired", "repaired"))
models <- read("ruptures/counts/model_comparison.csv")
effects <- read("ruptures/counts/fixed_effects.csv")
variances <- read("ruptures/counts/variance_components.csv")

# the random part of a model is the one that has the variances which the run reports
random_part <- function(components) {
  slope <- if ("patient_covariance" %in% components) "(1 + time | patient_id)"
           else if ("patient_slope" %in% components) "(1 | patient_id) + (0 + time | patient_id)"
           else "(1 | patient_id)"
  paste(c(slope, if ("therapist" %in% components) "(1 | therapist_id)"), collapse = " + ")
}

# lmer with stopping rules tight enough to compare more digits than are printed
refit <- function(formula, reml) {
  lmerTest::lmer(formula, sessions, REML = reml, control = lmerControl(
    optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5)))
}

# `time:pattern[repaired]` is `time:patternrepaired` in R
name_in_r <- function(term) {
  sub("^Intercept$", "(Intercept)", gsub("pattern\\[([a-z]+)\\]", "pattern\\1", term))
}

of_components <- function(model) {
  table <- as.data.frame(VarCorr(model))
  name <- ifelse(table$grp == "Residual", "residual",
          ifelse(table$grp == "therapist_id", "therapist",
          ifelse(!is.na(table$var2), "patient_covariance",
          ifelse(table$var1 == "time", "patient_slope", "patient"))))
  setNames(table$vcov, name)
}

options(width = 160)
cat(R.version.string, ", lme4 ", format(packageVersion("lme4")), ", lmerTest ",
    format(packageVersion("lmerTest")), ". Columns ending in _lme4 are theirs.\n", sep = "")
for (name in models$model) {
  run <- models[models$model == name, ]
  own <- effects[effects$model == name, ]
  components <- variances[variances$model == name, ]
  formula <- as.formula(paste(run$formula, "+", random_part(components$component)))
  reml <- refit(formula, TRUE)
  ml <- refit(formula, FALSE)
  theirs <- as.data.frame(coef(summary(reml, ddf = "Satterthwaite")))
  theirs <- theirs[match(name_in_r(own$term), rownames(theirs)), ]
  fixed <- data.frame(
    term = own$term,
    estimate = own$estimate, estimate_lme4 = theirs[["Estimate"]],
    se = own$se, se_lme4 = theirs[["Std. Error"]],
    df = own$df, df_lme4 = theirs[["df"]],
    p = own$p, p_lme4 = theirs[["Pr(>|t|)"]])
  likelihood <- data.frame(
    method = c("REML", "ML"),
    log_likelihood = c(run$llf_reml, run$llf_ml),
    log_likelihood_lme4 = c(as.numeric(logLik(reml)), as.numeric(logLik(ml))))
  found <- of_components(reml)
  own_components <- components[components$component %in% names(found), ]
  random <- data.frame(
    component = own_components$component,
    variance = own_components$value, variance_lme4 = unname(found[own_components$component]))

  cat("\n", name, ": ", deparse1(formula), "\n\n", sep = "")
  print(fixed, digits = 6, row.names = FALSE)
  cat("\n")
  print(random, digits = 6, row.names = FALSE)
  cat("\n")
  print(likelihood, digits = 12, row.names = FALSE)
  cat("\nLargest differences of ", name, ": estimates ",
      signif(max(abs(fixed$estimate - fixed$estimate_lme4) / fixed$se), 2), " SE, SEs ",
      signif(max(abs(fixed$se_lme4 / fixed$se - 1)), 2), " of their size, df ",
      signif(max(abs(fixed$df_lme4 / fixed$df - 1)), 2), " of their size, log-likelihood ",
      signif(max(abs(likelihood$log_likelihood - likelihood$log_likelihood_lme4)), 2), "\n",
      sep = "")
}
