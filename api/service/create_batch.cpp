#include "api/service/create_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace trainyard::service {
namespace {

constexpr std::string_view ensemble = "ensemble";
constexpr std::size_t jobs_made_at_once = 1'000;

struct Plan {
  std::string config;  // with the data's path and columns, without segment and model
  domain::ForecastSpec spec;
  std::vector<std::string> segments;  // {""} for a single series
};

std::unexpected<Error> wrong(std::string field, std::string detail, std::string hint,
                             Category category = Category::config) {
  return fail(Error{.code = Errc::invalid_argument,
                    .detail = std::move(detail),
                    .field = std::move(field),
                    .hint = std::move(hint),
                    .category = category});
}

// Every model is checked with the config; segments are only names.
Result<domain::ForecastSpec> check(const JobIntake& intake, std::string_view config,
                                   const wire::BatchRequest& request) {
  domain::ForecastSpec last;
  for (const auto& model : request.models) {
    TRY(last, intake.check_config(wire::job_config_of(config, "", model)));
  }
  return last;
}

// What the caller got wrong about the data is a wrong request, whatever the reader calls it.
Result<DataLayout> inspect(const JobIntake& intake, const domain::ForecastSpec& spec) {
  auto layout = intake.inspect(spec);
  if (layout) return layout;
  auto error = std::move(layout).error();
  if (error.code == Errc::not_found || error.code == Errc::corrupt_data) {
    error.code = Errc::invalid_argument;
    if (!error.category) error.category = Category::data;
    if (error.field.empty()) error.field = "data_path";
  }
  return fail(std::move(error));
}

// A drill needs no data, unless its segments are to be found there.
bool needs_layout(const Plan& plan) {
  return plan.spec.drill.empty() || (!plan.spec.segment_col.empty() && plan.segments.empty());
}

Result<void> check_segments(const std::vector<std::string>& asked, const DataLayout& layout) {
  if (asked.empty()) return {};
  if (layout.segment_col.empty()) {
    return wrong("segment_col", "segments are named, but not the column they are found in",
                 "add config.segment_col");
  }
  const std::unordered_set<std::string_view> found(layout.segments.begin(), layout.segments.end());
  for (const auto& name : asked) {
    if (found.contains(name)) continue;
    const std::vector<std::string_view> names(layout.segments.begin(), layout.segments.end());
    const auto near = domain::nearest(name, names);
    return wrong("segments",
                 fmt::format("there is no segment '{}' in column '{}'", name, layout.segment_col),
                 near.empty() ? fmt::format("there are {}, '{}' among them", names.size(),
                                            names.empty() ? "" : names.front())
                              : fmt::format("did you mean '{}'?", near));
  }
  return {};
}

Result<void> fill_in(Plan& plan, const JobIntake& intake) {
  TRY(auto layout, inspect(intake, plan.spec));
  TRY_DO(check_segments(plan.segments, layout));
  const auto set = [&](const char* key, std::string& given, const std::string& found) {
    if (!given.empty() || found.empty()) return;
    given = found;
    plan.config = wire::with_text(plan.config, key, found);
  };
  set("time_col", plan.spec.time_col, layout.time_col);
  set("target_col", plan.spec.target_col, layout.target_col);
  set("segment_col", plan.spec.segment_col, layout.segment_col);
  if (!plan.segments.empty() || layout.segment_col.empty()) return {};
  plan.segments = std::move(layout.segments);
  if (!plan.segments.empty()) return {};
  return wrong("segment_col", fmt::format("column '{}' has no segment", layout.segment_col), "",
               Category::data);
}

Result<Plan> plan(const JobIntake& intake, const wire::BatchRequest& request) {
  Plan made{.config = request.job.config, .spec = {}, .segments = request.segments};
  const bool has_rows = !request.job.inline_data.empty();
  const auto provisional = has_rows ? wire::with_text(request.job.config, "data_path", "inline.csv")
                                    : request.job.config;
  TRY(made.spec, check(intake, provisional, request));
  if (!has_rows && intake.check_path) TRY_DO(intake.check_path(made.spec.data_path));
  if (has_rows) {
    TRY(made.spec.data_path, intake.store_rows(request.job.inline_data));
    made.config = wire::with_text(request.job.config, "data_path", made.spec.data_path);
  }
  if (needs_layout(made)) TRY_DO(fill_in(made, intake));
  if (made.segments.empty()) made.segments.emplace_back();
  return made;
}

// One job per segment and model. Those of an ensemble have the last ids: by the time they run, the
// fits of their members are there to be reused.
class JobMaker {
 public:
  JobMaker(const Plan& plan, const JobIntake& intake, const Caller& caller,
           const ports::NewBatch& batch, const wire::BatchRequest& request)
      : plan_(plan), batch_(batch), request_(request), ids_(count()) {
    if (intake.cluster_config) cluster_ = intake.cluster_config(plan.spec);
    of_ensemble_ =
        intake.ensemble_members
            ? wire::with_ensemble_members(plan.config, intake.ensemble_members(request.models))
            : plan.config;
    for (std::size_t model = 0; model < request.models.size(); ++model)
      (request.models[model] == ensemble ? last_ : first_).push_back(model);
    for (std::size_t i = 0; i < ids_.size(); ++i)
      ids_[place(i)] = JobId(caller.new_id());
  }

  std::size_t count() const { return plan_.segments.size() * request_.models.size(); }
  domain::Lane lane() const { return domain::lane_of(batch_.user_id, request_.job.options); }
  void announce(std::size_t jobs) { announced_ = jobs; }

  ports::BatchJobs jobs() const {
    return {.count = count(), .from = [this](std::size_t first) { return slice(first); }};
  }
  std::vector<JobId> take_ids() { return std::move(ids_); }

 private:
  // Where the i-th job in line stands, segment by segment and model by model.
  std::size_t place(std::size_t i) const {
    const auto early = plan_.segments.size() * first_.size();
    const auto& models = i < early ? first_ : last_;
    const auto nth = i < early ? i : i - early;
    return nth / models.size() * request_.models.size() + models[nth % models.size()];
  }

  std::vector<domain::NewJob> slice(std::size_t first) const {
    std::vector<domain::NewJob> jobs;
    for (auto i = first; i < std::min(count(), first + jobs_made_at_once); ++i)
      jobs.push_back(make(i));
    return jobs;
  }

  domain::NewJob make(std::size_t i) const {
    const auto at = place(i);
    const auto& segment = plan_.segments[at / request_.models.size()];
    const auto& model = request_.models[at % request_.models.size()];
    const auto& config = model == ensemble ? of_ensemble_ : plan_.config;
    return {.id = ids_[at],
            .batch_id = batch_.id,
            .user_id = batch_.user_id,
            .config = wire::job_config_of(config, segment, model),
            .cluster_config = cluster_,
            .segment_id = segment,
            .model = model,
            .correlation_id = batch_.correlation_id,
            .priority = plan_.spec.priority,
            .options = request_.job.options,
            .submit = true,
            .entry = i < announced_ ? domain::Entry::announced : domain::Entry::in_line};
  }

  const Plan& plan_;
  const ports::NewBatch& batch_;
  const wire::BatchRequest& request_;
  std::string cluster_ = "{}";
  std::string of_ensemble_;
  std::vector<std::size_t> first_;  // models, by number
  std::vector<std::size_t> last_;
  std::vector<JobId> ids_;
  std::size_t announced_ = 0;
};

}  // namespace

Result<CreatedBatch> create_batch(ports::JobStore& store, EntryGate& gate, const JobIntake& intake,
                                  const Caller& caller, const wire::BatchRequest& request,
                                  const BatchOrigin& origin) {
  TRY(auto made, plan(intake, request));
  const std::size_t total = made.segments.size() * request.models.size();
  if (total > batch_jobs_max) {
    return fail(Error{
        .code = Errc::invalid_argument,
        .detail = fmt::format("{} segments x {} models are {} jobs; the limit is {}",
                              made.segments.size(), request.models.size(), total, batch_jobs_max),
        .field = "segments",
        .hint = "name fewer segments or models"});
  }
  const ports::NewBatch batch{.id = BatchId(caller.new_id()),
                              .user_id = caller.user_id,
                              .config = wire::with_models(made.config, request.models),
                              .correlation_id = caller.correlation_id,
                              .cause = origin.cause,
                              .origin = origin.origin};
  JobMaker maker(made, intake, caller, batch, request);
  TRY(const auto announced, gate.decide(maker.lane(), maker.count()));
  maker.announce(announced);
  auto accepted = store.accept_batch(batch, maker.jobs());
  // Repeating with the same ids is safe and tells whether the first try was committed.
  if (!accepted && accepted.error().code == Errc::in_doubt) {
    accepted = store.accept_batch(batch, maker.jobs());
  }
  CreatedBatch created;
  TRY(created.batch, std::move(accepted));
  created.existed = created.batch.id != batch.id;
  created.jobs = maker.take_ids();
  created.segments = std::move(made.segments);
  return created;
}

}  // namespace trainyard::service
