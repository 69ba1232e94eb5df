# Times lme4 and lmerTest on a cohort, in seconds of processor time:
#   Rscript engine_lme4.R fits data.csv repeats
# prints a line per fit, `lme4 seconds llf` or `lmerTest seconds llf`: from the data to the table of
# coefficients, with standard errors, by lmerTest with Satterthwaite df as well.
#   Rscript engine_lme4.R lme4 data.csv
# prints one such line of lme4.
#   Rscript engine_lme4.R bootstrap data.csv draws.csv tolerance
# prints a line per replicate, `replicate seconds coefficient`; draws.csv has a column per therapist:
# how often each is drawn. Each refit starts at the optimum of the whole cohort and ends where a step
# changes the deviance by less than the tolerance; no derivatives are checked.
suppressMessages({library(lme4); library(lmerTest)})
arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[2])
data$pattern <- factor(data$pattern, levels = c("none", "unrepaired", "repaired"))
formula <- symptoms ~ time * pattern * iip_z * length_c + (1 + time | patient_id) + (1 | therapist_id)
key <- "time:patternrepaired:iip_z:length_c"
seconds <- function(expression) sum(system.time(expression, gcFirst = FALSE)[c("user.self", "sys.self")])
say <- function(what, elapsed, value) cat(what, elapsed, format(value, digits = 15), "\n")

if (arguments[1] == "fits") {
  for (n in seq_len(as.integer(arguments[3]))) {
    plain <- seconds({
      model <- lme4::lmer(formula, data)
      effects <- coef(summary(model))
    })
    say("lme4", plain, as.numeric(logLik(model)))
    tested <- seconds({
      model <- lmerTest::lmer(formula, data)
      effects <- coef(summary(model, ddf = "Satterthwaite"))
    })
    say("lmerTest", tested, as.numeric(logLik(model)))
  }
} else if (arguments[1] == "lme4") {
  plain <- seconds(model <- lme4::lmer(formula, data))
  say("lme4", plain, as.numeric(logLik(model)))
} else {
  # cases are therapists: a drawn therapist comes with all patients, copies under new names
  caseloads <- split(data, data$therapist_id)
  draws <- read.csv(arguments[3], check.names = FALSE)
  whole <- lme4::lmer(formula, data)
  control <- lmerControl(calc.derivs = FALSE,
                         optCtrl = list(ftol_abs = as.numeric(arguments[4]), xtol_abs = 0))
  for (n in seq_len(nrow(draws))) {
    drawn <- rep(names(draws), unlist(draws[n, ]))
    copies <- lapply(seq_along(drawn), function(copy) {
      rows <- caseloads[[drawn[copy]]]
      rows$therapist_id <- copy
      rows$patient_id <- paste(copy, rows$patient_id)
      rows
    })
    resampled <- do.call(rbind, copies)
    resampled$patient_id <- factor(resampled$patient_id)
    resampled$therapist_id <- factor(resampled$therapist_id)
    # neither drawing nor coding is timed
    elapsed <- seconds(suppressMessages(suppressWarnings(
      found <- lme4::lmer(formula, resampled, start = getME(whole, "theta"), control = control))))
    say("replicate", elapsed, fixef(found)[[key]])
  }
}
