# Times lme4 on a cohort: Rscript engine_lme4.R data.csv repeats replicates
# Prints a line per fit, `fit seconds llf`, and one per bootstrap replicate, `replicate seconds`.
suppressMessages(library(lme4))
arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[1])
data$pattern <- factor(data$pattern, levels = c("none", "unrepaired", "repaired"))
formula <- symptoms ~ time * pattern * iip_z * length_c + (1 + time | patient_id) + (1 | therapist_id)
seconds <- function(expression) system.time(expression, gcFirst = FALSE)[["elapsed"]]

for (n in seq_len(as.integer(arguments[2]))) {
  elapsed <- seconds(model <- lmer(formula, data))
  cat("fit", elapsed, format(as.numeric(logLik(model)), digits = 15), "\n")
}

# cases are therapists: a drawn therapist comes with all patients, copies under new names
caseloads <- split(data, data$therapist_id)
set.seed(1)
for (n in seq_len(as.integer(arguments[3]))) {
  drawn <- sample(length(caseloads), replace = TRUE)
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
  cat("replicate", seconds(suppressMessages(suppressWarnings(lmer(formula, resampled)))), "\n")
}
