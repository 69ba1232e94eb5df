# The three criteria of Tang and DeRubeis (1999) for sudden changes, turned to drops, as the R package
# suddengains applies them: one patient and one pair of sessions at a time. Independent of the detector:
#   Rscript tang_derubeis.R ratings.csv cutoff > events.csv
# ratings.csv has patient, session, rating; a session without a row, or an empty rating, is missing.
arguments <- commandArgs(trailingOnly = TRUE)
ratings <- read.csv(arguments[1])
cutoff <- as.numeric(arguments[2])
tiny <- 1e-9

cat("patient,session,drop,repaired_at\n")
for (who in unique(ratings$patient)) {
  own <- ratings[ratings$patient == who, ]
  x <- rep(NA_real_, max(own$session))
  x[own$session] <- own$rating
  for (n in seq_along(x)[-1]) {  # from session n - 1 to session n
    before <- x[n - 1]
    after <- x[n]
    if (is.na(before) || is.na(after)) next
    # 1: the change is large in points
    if (before - after < cutoff - tiny) next
    # 2: it is at least a quarter of what was there before
    if (before - after < 0.25 * before - tiny) next
    # 3: the three sessions before and the three after differ reliably; two ratings on each side
    pre <- na.omit(x[max(1, n - 3):(n - 1)])
    post <- na.omit(x[n:min(length(x), n + 2)])
    n1 <- length(pre)
    n2 <- length(post)
    if (n1 < 2 || n2 < 2) next
    critical <- round(qt(0.975, n1 + n2 - 2), 3)
    pooled <- sqrt(((n1 - 1) * var(pre) + (n2 - 1) * var(post)) / (n1 + n2 - 2))
    if (!(mean(pre) - mean(post) > critical * pooled + tiny)) next
    # reversal: half of the change is undone in a later session
    later <- which(seq_along(x) > n & !is.na(x) & x >= after + 0.5 * (before - after) - tiny)
    cat(who, n, format(before - after, digits = 15), if (length(later)) min(later) else "", sep = ",")
    cat("\n")
  }
}
