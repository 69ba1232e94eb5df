# Reference values for the landmark, state and lag models, by lme4 and lmerTest.
#   Rscript tests/reference/within_person/lme4.R          (from the repository root)
# Reads sessions.csv.gz (make_sessions.py), writes lme4.json. REML, Satterthwaite df.
suppressMessages({library(lme4); library(lmerTest); library(jsonlite)})
folder <- "tests/reference/within_person"
table <- read.csv(file.path(folder, "sessions.csv.gz"))
levels <- c("none", "unrepaired", "repaired")
table$pattern <- factor(table$pattern, levels = levels)
table$state <- factor(table$state, levels = levels)
after <- subset(table, after_landmark == "True")
after$time <- after$time_after
lagged <- subset(table, has_before == "True")
random <- "+ (1 + time | patient_id) + (1 | therapist_id)"
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))

values <- function(fixed, data) {
  model <- lmerTest::lmer(as.formula(paste(fixed, random)), data, control = control)
  s <- coef(summary(model, ddf = "Satterthwaite"))
  names <- gsub("(pattern|state)(unrepaired|repaired)", "\\1[\\2]", rownames(s))
  names[names == "(Intercept)"] <- "Intercept"
  stopifnot(!isSingular(model))
  list(coefficients = data.frame(term = names, estimate = s[, "Estimate"],
                                 se = s[, "Std. Error"], df = s[, "df"]),
       n = nobs(model), llf = as.numeric(logLik(model)))
}

result <- list(
  landmark = values("symptoms ~ time * pattern * iip_z", after),
  state = values("symptoms ~ time * iip_z + state * iip_z", table),
  alliance_to_symptoms = values(
    "symptoms ~ time * iip_z + alliance_before * iip_z + symptoms_before", lagged),
  symptoms_to_alliance = values(
    "alliance ~ time * iip_z + symptoms_before * iip_z + alliance_before", lagged),
  made_with = list(R = R.version.string, lme4 = as.character(packageVersion("lme4")),
                   lmerTest = as.character(packageVersion("lmerTest")))
)
write_json(result, file.path(folder, "lme4.json"), digits = I(10), auto_unbox = TRUE,
           pretty = TRUE)
