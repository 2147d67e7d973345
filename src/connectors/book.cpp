#include "connectors/book.hpp"

#include "base/text.hpp"

namespace hanse::connectors {

ConnectionBook::ConnectionBook(std::span<const Protocol* const> protocols, Supervisor& supervisor, SinkMaker make_sink)
    : protocols_(protocols), supervisor_(supervisor), make_sink_(std::move(make_sink)) {}

const Protocol* ConnectionBook::protocol(std::string_view id) const {
  for (const auto* known : protocols_) {
    if (known->id == id) return known;
  }
  return nullptr;
}

Result<void> ConnectionBook::check(const ConnectionRecord& record) const {
  const auto* known = protocol(record.protocol);
  if (!known) {
    std::vector<std::string_view> names;
    for (const auto* candidate : protocols_) names.push_back(candidate->id);
    return fail(ErrorCode::invalid, "the connection has wrong fields",
                {{"protocol", unknown_name("protocol", record.protocol, names)}});
  }
  HANSE_TRY(const auto settings, JsonDocument::parse(record.settings.text.empty() ? "{}" : record.settings.text));
  auto checked = known->check(settings.root());
  if (checked) return {};
  auto error = std::move(checked).error();
  for (auto& field : error.fields) field.path = field.path.empty() ? "settings" : "settings." + field.path;
  error.message = "the connection has wrong fields: " + error.message;
  return error;
}

Result<void> ConnectionBook::put(ConnectionRecord record) {
  HANSE_CHECK(check(record));
  std::optional<ConnectionRecord> before;
  {
    const std::lock_guard lock{mutex_};
    auto& place = records_[record.id];
    if (!place.id.empty()) before = place;
    place = record;
    ++revision_;
  }
  if (!record.enabled) {
    supervisor_.remove(record.id);
    return {};
  }
  if (before) {
    before->name = record.name;
    if (*before == record) return {};
  }
  supervisor_.start({.id = record.id,
                     .protocol = protocol(record.protocol),
                     .settings = record.settings,
                     .sink = make_sink_(record)});
  return {};
}

Result<void> ConnectionBook::check_command(const std::string& id, const Command& command) const {
  const auto record = find(id);
  if (!record) return fail(ErrorCode::not_found, "there is no connection '" + id + "'");
  const auto* known = protocol(record->protocol);
  if (!known || !known->check_command) {
    return fail(ErrorCode::forbidden, "connections by " + record->protocol + " only read");
  }
  HANSE_TRY(const auto settings, JsonDocument::parse(record->settings.text));
  return known->check_command(settings.root(), command);
}

void ConnectionBook::command(const std::string& id, Command command, CommandDone done) const {
  if (const auto allowed = check_command(id, command); !allowed) return done(allowed.error());
  supervisor_.command(id, std::move(command), std::move(done));
}

void ConnectionBook::remove(const std::string& id) {
  {
    const std::lock_guard lock{mutex_};
    records_.erase(id);
    ++revision_;
  }
  supervisor_.remove(id);
}

std::optional<ConnectionRecord> ConnectionBook::find(const std::string& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = records_.find(id);
  if (found == records_.end()) return {};
  return found->second;
}

std::vector<ConnectionRecord> ConnectionBook::all() const {
  const std::lock_guard lock{mutex_};
  std::vector<ConnectionRecord> out;
  for (const auto& [id, record] : records_) out.push_back(record);
  return out;
}

Result<HealthReport> ConnectionBook::health(const std::string& id) const {
  if (!find(id)) return fail(ErrorCode::not_found, "there is no connection '" + id + "'");
  auto report = supervisor_.report(id);
  if (report) return report;
  HealthReport off;
  off.reason = "switched off";
  return off;
}

}  // namespace hanse::connectors
