#include "worker/models/arima/arima_form.hpp"

#include <fmt/format.h>

namespace trainyard::models {

std::string describe(const ArimaForm& form, std::size_t covariates) {
  auto text = fmt::format("{}ARIMA({},{},{})", covariates > 0 ? "Regression with errors " : "",
                          form.p, form.d, form.q);
  if (form.seasonal_p + form.seasonal_d + form.seasonal_q > 0)
    text += fmt::format("({},{},{})[{}]", form.seasonal_p, form.seasonal_d, form.seasonal_q,
                        form.season);
  if (form.mean) text += form.drift ? " with mean and drift" : " with mean";
  if (form.drift && !form.mean) text += " with drift";
  return text;
}

}  // namespace trainyard::models
