# Random-effects estimates of the examples in examples.csv by metafor: writes metafor.json.
# Run as: Rscript tests/reference/pooling/metafor.R  (Debian: r-cran-metafor, r-cran-jsonlite)
suppressMessages(library(metafor))
here <- "tests/reference/pooling"
examples <- read.csv(file.path(here, "examples.csv"))

pooled <- function(rows) {
  exact <- list(tol = 1e-14, maxiter = 10000)
  pm <- rma(yi = rows$effect, sei = rows$se, method = "PM", control = exact)
  dl <- rma(yi = rows$effect, sei = rows$se, method = "DL")
  hartung <- rma(yi = rows$effect, sei = rows$se, method = "PM", test = "adhoc", control = exact)
  list(
    slope = c(pm$b), se = hartung$se, ci_low = hartung$ci.lb, ci_high = hartung$ci.ub,
    p = hartung$pval, z_low = pm$ci.lb, z_high = pm$ci.ub,
    tau2 = pm$tau2, tau2_dl = dl$tau2, q = pm$QE, q_p = pm$QEp, weights = weights(pm) / 100
  )
}

found <- lapply(split(examples, examples$example), pooled)
found$version <- as.character(packageVersion("metafor"))
writeLines(jsonlite::toJSON(found, digits = 12, auto_unbox = TRUE, pretty = TRUE), file.path(here, "metafor.json"))
