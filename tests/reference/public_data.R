# Fits public data sets of R packages with lme4 and lmerTest, for tests/modelling/engine/test_public_data.py:
#   Rscript public_data.R folder
# Reads folder/models.csv (name, package, data, inner, outer, fixed, random); writes the rows of each
# data set to <name>.csv, with the groups as `inner` and `outer`, and fits.csv, a row per data set,
# method and coefficient.
suppressMessages({library(lme4); library(lmerTest)})
folder <- commandArgs(trailingOnly = TRUE)[1]
models <- read.csv(file.path(folder, "models.csv"), na.strings = "")
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5),
                       calc.derivs = FALSE)

rows <- lapply(seq_len(nrow(models)), function(n) {
  model <- models[n, ]
  space <- new.env()
  data(list = model$data, package = model$package, envir = space)
  table <- as.data.frame(get(model$data, space))
  # orders of levels and contrasts are those of patsy: by name, against the first
  for (name in names(table)) if (is.factor(table[[name]])) table[[name]] <- as.character(table[[name]])
  # an inner group of the same name in two outer ones is two groups
  table$outer <- if (is.na(model$outer)) "all" else paste0("g", table[[model$outer]])
  table$inner <- paste(table$outer, table[[model$inner]])
  table <- table[complete.cases(table[all.vars(as.formula(model$fixed))]), ]
  write.csv(table, file.path(folder, paste0(model$name, ".csv")), row.names = FALSE)

  fit <- function(method) {
    found <- suppressMessages(lmerTest::lmer(
      as.formula(paste(model$fixed, "+", model$random)), table, REML = method == "REML",
      control = control))
    effects <- coef(summary(found, ddf = "Satterthwaite"))
    data.frame(name = model$name, method = method, term = rownames(effects),
               estimate = effects[, "Estimate"], se = effects[, "Std. Error"], df = effects[, "df"],
               llf = as.numeric(logLik(found)), residual = sigma(found)^2,
               singular = isSingular(found, tol = 1e-5))
  }
  rbind(fit("REML"), fit("ML"))
})
options(digits = 15)
write.csv(do.call(rbind, rows), file.path(folder, "fits.csv"), row.names = FALSE)
