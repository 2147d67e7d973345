#include "programme/convening.hpp"

#include <fmt/format.h>
#include <set>

namespace hanse::programme {
namespace {

void add(Named& out, std::string path, const std::string& organisation) {
  if (!organisation.empty()) out.emplace_back(std::move(path), organisation);
}
void add_all(Named& out, std::string_view path, const std::vector<std::string>& organisations) {
  for (std::size_t i = 0; i < organisations.size(); ++i) add(out, fmt::format("{}[{}]", path, i), organisations[i]);
}

void once_each(JsonReader& reader, std::string_view path, const std::vector<std::string>& organisations) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < organisations.size(); ++i) {
    if (!seen.insert(organisations[i]).second) reader.error_at(fmt::format("{}[{}]", path, i), "stands in it twice");
  }
}

}  // namespace

void ChangeRequest::validate(JsonReader& reader) const {
  if (state != RequestState::asked && decided_by.empty())
    reader.error_at("decided_by", "must say who accepted or refused it");
}

void Investment::validate(JsonReader& reader) const {
  if (need.empty() == problem.empty()) reader.error_at("need", "or a problem must be named, one of the two");
}

void BoardProblem::validate(JsonReader& reader) const {
  once_each(reader, "votes", votes);
  once_each(reader, "cohort", cohort);
  const auto from = [&](Stage first, const std::string& said, std::string_view path, const char* message) {
    if (stage >= first && said.empty()) reader.error_at(path, message);
  };
  const std::size_t least = desk == Desk::club ? 2 : 1;
  if (stage >= Stage::cohort && cohort.size() < least)
    reader.error_at("cohort", fmt::format("needs at least {} from the stage 'cohort' on", least));
  if (desk == Desk::analytics) {
    from(Stage::cohort, data, "data", "must say where its data lies before a project begins");
    from(Stage::cohort, triage, "triage", "must say that it is feasible and who does it before a project begins");
  }
  from(Stage::agreed, agreement, "agreement", "must say what the cohort agreed from the stage 'agreed' on");
  from(Stage::pilot, success_measure, "success_measure", "must say when the pilot has succeeded, before it runs");
  from(Stage::result, result, "result", "must say what came out");
}

Named organisations_of(const ChangeRequest& record) {
  Named out;
  add(out, "asked_by", record.asked_by);
  return out;
}
Named organisations_of(const Decision&) { return {}; }
Named organisations_of(const Milestone& record) {
  Named out;
  add(out, "owner", record.owner);
  return out;
}
Named organisations_of(const Responsibility& record) {
  Named out;
  add(out, "accountable", record.accountable);
  add_all(out, "responsible", record.responsible);
  add_all(out, "consulted", record.consulted);
  add_all(out, "informed", record.informed);
  return out;
}
Named organisations_of(const Investment& record) {
  Named out;
  add(out, "organisation", record.organisation);
  for (std::size_t i = 0; i < record.returns.size(); ++i)
    add(out, fmt::format("returns[{}].organisation", i), record.returns[i].organisation);
  return out;
}
Named organisations_of(const BoardProblem& record) {
  Named out;
  add(out, "owner", record.owner);
  add_all(out, "votes", record.votes);
  add_all(out, "cohort", record.cohort);
  add_all(out, "reused_by", record.reused_by);
  return out;
}

}  // namespace hanse::programme
