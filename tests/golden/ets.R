# Writes ets.csv, what R's forecast::ets finds for each form and what it forecasts from there, and
# ets_series.csv, the series of R's own datasets that it was given. Run here: Rscript ets.R
suppressPackageStartupMessages(library(forecast))
steps <- c(1, 12, 13, 24)
number <- function(x) format(x, digits = 15, trim = TRUE, scientific = TRUE)
numbers <- function(x) paste(sapply(x, number), collapse = " ")
all <- list(AirPassengers = AirPassengers, USAccDeaths = USAccDeaths, WWWusage = WWWusage,
            Nile = Nile, lynx = lynx)
every_trend <- c("N", "A", "Ad", "M", "Md")
every_form <- function(seasons)
  c(outer(c("A", "M"), outer(every_trend, seasons, paste0), paste0))
forms <- list(AirPassengers = every_form(c("N", "A", "M")),
              USAccDeaths = c("ANA", "AAdA", "MNM", "MMM", "MMdA", "AMA"),
              WWWusage = every_form("N"), Nile = c("ANN", "MNN", "MAdN", "MMN", "AMdN"),
              lynx = c("ANN", "MNN", "MMN", "MMdN"))

set.seed(1)
series_file <- file("ets_series.csv", "w")
cat("name,frequency,values\n", file = series_file)
for (name in names(all))
  cat(name, frequency(all[[name]]), paste(all[[name]], collapse = " "), file = series_file,
      sep = ",", fill = 1e6)
close(series_file)

out <- file("ets.csv", "w")
cat(sprintf("# R %s, forecast %s; steps %s; bands of 95 percent\n", getRversion(),
            packageVersion("forecast"), paste(steps, collapse = " ")), file = out)
cat("series,form,alpha,beta,gamma,phi,level,growth,seasons,loglik,aicc,variance,mean,lower\n",
    file = out)
for (name in names(all)) for (form in forms[[name]]) {
  damped <- grepl("d", form)
  fit <- ets(all[[name]], model = sub("d", "", form), damped = damped, restrict = FALSE,
             allow.multiplicative.trend = TRUE)
  ahead <- forecast(fit, h = max(steps), level = 95)
  # Where forecast() simulates, its mean of damped trends counts the first step's damping twice; the
  # simulation itself does not.
  simulated <- grepl("M", substr(form, 2, 2)) || grepl("^A.*M$", form)
  if (simulated)
    ahead$mean <- simulate(fit, nsim = max(steps), future = TRUE, innov = rep(0, max(steps)))
  part <- function(part, default) if (part %in% names(fit$par)) fit$par[[part]] else default
  seasons <- fit$initstate[grepl("^s", names(fit$initstate))]
  scalars <- c(part("alpha", 0), part("beta", 0), part("gamma", 0), part("phi", 1),
               part("l", 0), part("b", 0))
  cat(name, form, sapply(scalars, number), numbers(rev(seasons)),
      sapply(c(fit$loglik, fit$aicc, fit$sigma2), number),
      numbers(ahead$mean[steps]), numbers(ahead$lower[steps]), file = out, sep = ",")
  cat("\n", file = out)
}
close(out)
