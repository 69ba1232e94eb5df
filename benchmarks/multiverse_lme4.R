# Specifications one by one: Rscript multiverse_lme4.R folder [exact]
# The folder has models.csv (id, formula) and a table <id>.csv for each. Prints a line per
# specification: id, seconds (processor) of lmer, of lmerTest with its df, and coefficient, SE and df of
# the moderation. Reading is not timed. By default lmer stops as it does by default, which near a
# boundary may be short of the optimum; with `exact` it does not.
suppressMessages({library(lme4); library(lmerTest)})
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
exact <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
control <- if ("exact" %in% arguments) exact else lmerControl()
models <- read.csv(file.path(folder, "models.csv"))
seconds <- function(expression) sum(system.time(expression, gcFirst = FALSE)[c("user.self", "sys.self")])
term <- "time:patternrepaired:iip_z"
invisible(lme4::lmer(Reaction ~ Days + (Days | Subject), sleepstudy))  # loads what is loaded once

for (n in seq_len(nrow(models))) {
  data <- read.csv(file.path(folder, paste0(models$id[n], ".csv")))
  data$pattern <- factor(data$pattern, levels = c("none", "unrepaired", "repaired"))
  formula <- as.formula(models$formula[n])
  plain <- seconds(suppressMessages(suppressWarnings(lme4::lmer(formula, data, control = control))))
  tested <- seconds(suppressMessages(suppressWarnings({
    model <- lmerTest::lmer(formula, data, control = control)
    effects <- coef(summary(model))
  })))
  found <- effects[term, c("Estimate", "Std. Error", "df")]
  cat(models$id[n], plain, tested, format(found, digits = 15), "\n")
}
