# Reference values for marginal trends, contrasts, moderations, growth-model d and Wilson intervals, by
# lme4, lmerTest, emmeans and base R.
#   Rscript tests/reference/marginal_effects.R          (from the repository root)
# Reads tests/reference/analysis_table.csv; writes tests/reference/marginal_effects.json.
# Satterthwaite df; time is zero at session 1. CR2 has no entry: clubSandwich is in no repository that
# this project can use, see tests/modelling/engine/test_sandwich.py.
suppressMessages({library(lme4); library(lmerTest); library(emmeans); library(jsonlite)})
emm_options(lmerTest.limit = 1e5)

folder <- "tests/reference"
table <- read.csv(file.path(folder, "analysis_table.csv"))
table$pattern <- factor(table$pattern, levels = c("none", "unrepaired", "repaired"))
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
random <- "(1 | therapist_id) + (1 + time | patient_id)"
fixed <- c(M1 = "time * pattern", M2 = "time * pattern * iip_z",
           M3 = "time * pattern * iip_z * length_c")
fit <- function(model) {
  formula <- as.formula(paste("symptoms ~", fixed[[model]], "+", random))
  do.call(lmerTest::lmer, list(formula, table, REML = TRUE, control = control))
}
fits <- lapply(setNames(names(fixed), names(fixed)), fit)

wanted <- list("repaired - unrepaired" = c(0, -1, 1), "repaired - none" = c(-1, 0, 1),
               "unrepaired - none" = c(-1, 1, 0))
numbers <- function(grid, names, value) {
  s <- as.data.frame(summary(grid, infer = c(TRUE, TRUE)))
  data.frame(lapply(s[names], function(column)
               if (is.factor(column)) as.character(column) else column),
             estimate = s[[value]], se = s$SE, df = s$df, statistic = s$t.ratio, p = s$p.value,
             ci_low = s$lower.CL, ci_high = s$upper.CL)
}

m1 <- emtrends(fits$M1, ~ pattern, var = "time", lmer.df = "satterthwaite")
# at iip_z 0 and 1 the difference of contrasts is what one SD adds
moderation <- function(model, at) {
  by <- names(at)
  specs <- as.formula(paste("~ pattern * iip_z", if (length(by)) paste("|", by) else ""))
  trends <- emtrends(model, specs, var = "time", at = c(list(iip_z = c(0, 1)), at),
                     lmer.df = "satterthwaite")
  crossed <- lapply(wanted, function(w) c(-w, w))
  numbers(contrast(trends, crossed, by = if (length(by)) by else NULL), c("contrast", by),
          "estimate")
}

first <- sapply(split(table, table$patient_id), function(p) p$symptoms[which.min(p$session)])
wilson <- function(n, total) {
  found <- prop.test(n, total, correct = FALSE)$conf.int
  list(n = n, total = total, low = found[1], high = found[2])
}
result <- list(
  made_with = c(list(R = R.version.string),
                lapply(setNames(nm = c("lme4", "lmerTest", "emmeans")),
                       function(p) as.character(packageVersion(p)))),
  M1 = list(slopes = numbers(m1, "pattern", "time.trend"),
            contrasts = numbers(contrast(m1, wanted), "contrast", "estimate")),
  M2 = list(moderation = moderation(fits$M2, list())),
  M3 = list(moderation = moderation(fits$M3, list(length_c = c(-0.5, 0, 0.8)))),
  baseline_sd = sd(first),
  wilson = lapply(list(c(0, 12), c(2, 48), c(26, 48), c(12, 12)), function(x) wilson(x[1], x[2]))
)
write_json(result, file.path(folder, "marginal_effects.json"), digits = I(10), auto_unbox = TRUE,
           pretty = TRUE, na = "null")
