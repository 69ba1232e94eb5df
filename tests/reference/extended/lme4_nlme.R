# Reference values for extended models: slopes of patients whose variance depends on pattern or on a
# score (lme4, the profile deviance minimised over the ratios), independent slopes by pattern (lme4
# alone) and continuous-time AR(1) residuals (nlme's corCAR1). Run in this folder: Rscript lme4_nlme.R
suppressPackageStartupMessages({library(lme4); library(nlme); library(jsonlite)})
d <- read.csv(gzfile("data.csv.gz"))
d$pattern <- factor(d$pattern, c("none", "unrepaired", "repaired"))
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))
out <- list()
fixed <- function(fit) {
  b <- lme4::fixef(fit)
  list(terms = names(b), estimate = unname(b), se = unname(sqrt(diag(as.matrix(vcov(fit))))))
}
for (method in c("REML", "ML")) {
  reml <- method == "REML"
  plain <- lmer(y ~ time * pattern * z + (1 + time | patient_id) + (1 | therapist_id), d,
                REML = reml, control = control)
  at <- function(delta, by) {
    d$scaled <- d$time * exp(as.vector(by %*% delta))
    lmer(y ~ time * pattern * z + (1 + scaled | patient_id) + (1 | therapist_id), d, REML = reml,
         control = control)
  }
  for (what in c("pattern", "score")) {
    by <- if (what == "pattern") cbind(d$pattern == "unrepaired", d$pattern == "repaired") * 1 else
      matrix(d$z)
    criterion <- function(delta) -2 * as.numeric(logLik(at(delta, by)))
    best <- if (what == "pattern") optim(c(0.3, 0.6), criterion, control = list(reltol = 1e-13)) else
      { o <- optimise(criterion, c(-1, 1), tol = 1e-8); list(par = o$minimum, value = o$objective) }
    fit <- at(best$par, by)
    out[[paste(what, method)]] <- c(fixed(fit), list(parameters = best$par,
      llf = as.numeric(logLik(fit)), plain = as.numeric(logLik(plain))))
  }
  for (p in levels(d$pattern)) d[[p]] <- d$time * (d$pattern == p)
  apart <- lmer(y ~ time * pattern * z + (1 | patient_id) + (0 + none | patient_id) +
    (0 + unrepaired | patient_id) + (0 + repaired | patient_id) + (1 | therapist_id), d,
    REML = reml, control = control)
  out[[paste("independent", method)]] <- c(fixed(apart), list(llf = as.numeric(logLik(apart)),
    sd = as.data.frame(VarCorr(apart))[, c("var1", "sdcor")]))
  random <- list(therapist_id = ~1, patient_id = ~time)
  tight <- lmeControl(maxIter = 500, msMaxIter = 500, tolerance = 1e-10, msTol = 1e-12, niterEM = 50)
  alone <- lme(y ~ time * pattern * z, d, random, method = method, control = tight)
  ar <- update(alone, correlation = corCAR1(0.3, form = ~ session | therapist_id / patient_id))
  s <- summary(ar)$tTable
  out[[paste("car1", method)]] <- list(terms = rownames(s), estimate = unname(s[, "Value"]),
    se = unname(s[, "Std.Error"]),
    parameters = unname(coef(ar$modelStruct$corStruct, unconstrained = FALSE)),
    llf = as.numeric(logLik(ar)), plain = as.numeric(logLik(alone)))
}
out$versions <- list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                     nlme = as.character(packageVersion("nlme")))
write(toJSON(out, digits = 10, auto_unbox = TRUE, pretty = TRUE), "lme4_nlme.json")
