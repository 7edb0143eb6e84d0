#include "deploy/trainyard/standalone.hpp"

#include "deploy/trainyard/roles/control_role.hpp"
#include "deploy/trainyard/roles/worker_role.hpp"

#include <exception>

namespace trainyard {

Result<std::unique_ptr<Standalone>> Standalone::start(const config::Settings& settings,
                                                      const log::Log& log) {
  TRY(auto backbone, open_backbone(settings, log));
  std::unique_ptr<Standalone> standalone(new Standalone(std::move(backbone)));
  auto& parts = *standalone;
  parts.control_ = make_control_role(settings, log, parts.backbone_, Election::needless);
  parts.worker_ = make_worker_role(settings, log, parts.backbone_);
  parts.api_ = std::make_unique<ApiRole>(settings, log, parts.backbone_, Serves::everything);
  try {
    parts.control_->start();
    parts.worker_->start();
    parts.api_->start();
  } catch (const std::exception& error) {
    return fail(Error{.code = Errc::unavailable,
                      .detail = error.what(),
                      .hint = "another process may use the port: choose one with --port"});
  }
  return standalone;
}

Standalone::~Standalone() {
  stop();
}

void Standalone::stop() {
  if (api_) api_->stop();
  if (worker_) worker_->stop();
  if (control_) control_->stop();
}

}  // namespace trainyard
