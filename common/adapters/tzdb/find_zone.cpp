#include "common/adapters/tzdb/find_zone.hpp"

#include <date/tz.h>
#include <stdexcept>
#include <string>

namespace trainyard::tzdb {
namespace {

domain::Instant instant_of(date::sys_seconds time) {
  return domain::Instant(time.time_since_epoch());
}

class SystemZone final : public domain::Zone {
 public:
  explicit SystemZone(const date::time_zone* zone) : zone_(zone) {}

  domain::ZoneSpan span_at(domain::Instant instant) const override {
    const auto info = zone_->get_info(date::sys_seconds(instant.time_since_epoch()));
    return {.begin = instant_of(info.begin), .end = instant_of(info.end), .offset = info.offset};
  }

 private:
  const date::time_zone* zone_;  // the database's, which lives as long as the process
};

}  // namespace

Result<std::shared_ptr<const domain::Zone>> find_zone(std::string_view name) {
  try {
    return std::make_shared<SystemZone>(date::locate_zone(std::string(name)));
  } catch (const std::runtime_error& error) {
    return fail(Error{.code = Errc::invalid_argument,
                      .detail = "there is no time zone '" + std::string(name) + "'",
                      .field = "timezone",
                      .hint = "a name of the IANA database, as Europe/Berlin or UTC"});
  }
}

}  // namespace trainyard::tzdb
