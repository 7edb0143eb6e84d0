# Writes ets_air_passengers.csv: what R's forecast::ets finds for each form on AirPassengers, and
# what it forecasts from there. Run: Rscript ets_air_passengers.R > ets_air_passengers.csv
suppressPackageStartupMessages(library(forecast))
steps <- c(1, 12, 13, 24)
number <- function(x) format(x, digits = 15, trim = TRUE, scientific = TRUE)
numbers <- function(x) paste(sapply(x, number), collapse = " ")
cat(sprintf("# R %s, forecast %s; steps %s; bands of 95 percent\n", getRversion(),
            packageVersion("forecast"), paste(steps, collapse = " ")))
cat("error,trend,season,alpha,beta,gamma,phi,level,growth,seasons,loglik,aicc,variance,mean,lower\n")
forms <- c("ANN", "AAN", "AAdN", "MNN", "MAN", "MAdN", "ANA", "AAA", "AAdA", "MNA", "MAA", "MAdA",
           "MNM", "MAM", "MAdM")
for (form in forms) {
  damped <- grepl("d", form)
  fit <- ets(AirPassengers, model = sub("d", "", form), damped = damped)
  ahead <- forecast(fit, h = max(steps), level = 95)
  part <- function(name, default) if (name %in% names(fit$par)) fit$par[[name]] else default
  seasons <- fit$initstate[grepl("^s", names(fit$initstate))]
  scalars <- c(part("alpha", 0), part("beta", 0), part("gamma", 0), part("phi", 1),
               part("l", 0), part("b", 0))
  cat(fit$components[1], paste0(fit$components[2], if (damped) "d"), fit$components[3],
      sapply(scalars, number), numbers(rev(seasons)),
      sapply(c(fit$loglik, fit$aicc, fit$sigma2), number),
      numbers(ahead$mean[steps]), numbers(ahead$lower[steps]), sep = ",")
  cat("\n")
}
