#include <fmt/format.h>

#include <array>

#include "dataspace/internal/fetch.hpp"
#include "dataspace/internal/people_routes.hpp"

// Negotiations and transfers, for people.

namespace hanse::dataspace {
namespace {

using api::Context;
using api::Method;
using api::Page;
using api::Route;
using enum MessageType;

struct ProcessListInput {
  std::optional<ProcessKind> kind;
  std::optional<State> state;
  std::optional<std::string> partner, agreement, cursor;
  std::int64_t limit = api::kPageLimitDefault;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "limit", .summary = "Rows of one page, newest first.", .min = 1, .max = api::kPageLimitMax}};
  }
};
HANSE_DESCRIBE(ProcessListInput, (kind, state, partner, agreement, cursor, limit))

struct ProcessView {
  Process process;
  std::vector<PlainRule> terms;      ///< The offer on the table, in plain words.
  std::vector<Evidence> messages;    ///< All that was said and decided, oldest first.
  std::vector<OutboxEntry> waiting;  ///< What is still to go out.
};
HANSE_DESCRIBE(ProcessView, (process, terms, messages, waiting))

struct NegotiationInput {
  std::string partner, dataset, offer_id;
  RawJson offer;
  std::optional<Terms> terms;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "partner", .required = true},
        FieldNote{.field = "terms", .summary = "Own terms instead of the offer's: then the partner has to agree."},
        FieldNote{.field = "dataset", .summary = "As in the partner's catalogue.", .length_max = 500, .required = true},
        FieldNote{
            .field = "offer_id", .summary = "As in the partner's catalogue.", .length_max = 500, .required = true},
        FieldNote{.field = "offer",
                  .summary = "The offer as in the catalogue, or with other rules: then the partner has to agree."}};
  }
};
HANSE_DESCRIBE(NegotiationInput, (partner, dataset, offer_id, offer, terms))

struct TransferInput {
  std::string agreement;
  std::string format = std::string{kPull};
  std::optional<DataAddress> data_address;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "agreement", .required = true},
                      FieldNote{.field = "format", .summary = "HttpData-PULL or HttpData-PUSH."}};
  }
};
HANSE_DESCRIBE(TransferInput, (agreement, format, data_address))

enum class Step { offer, terminate, suspend, complete, resume };
HANSE_DESCRIBE_ENUM(Step, offer, terminate, suspend, complete, resume)
struct StepInput {
  std::string id;
  Step step = Step::terminate;
  std::string reason;
  RawJson offer;
  std::optional<Terms> terms;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "step", .required = true}, FieldNote{.field = "reason", .length_max = 1000},
                      FieldNote{.field = "terms", .summary = "Terms of a changed offer, instead of rules."},
                      FieldNote{.field = "offer", .summary = "Rules of a changed offer."}};
  }
};
HANSE_DESCRIBE(StepInput, (id, step, reason, offer, terms))

/// The rules to offer: as given, or those that the terms need.
RawJson offer_of(const RawJson& rules, const std::optional<Terms>& terms) {
  if (terms) return {'{' + write_rules(*terms) + '}'};
  return rules.text == "null" ? RawJson{} : rules;
}

Result<Page<Process>> list(Connector& connector, const ProcessListInput& in) {
  store::Query query{
      .kind = {}, .equal = {}, .range_field = "changed", .descending = true, .cursor = in.cursor, .limit = in.limit};
  if (in.kind) query.equal.push_back({"kind", describe::enum_name(*in.kind)});
  if (in.state) query.equal.push_back({"state", describe::enum_name(*in.state)});
  if (in.partner) query.equal.push_back({"partner", *in.partner});
  if (in.agreement) query.equal.push_back({"agreement", *in.agreement});
  return page_of(connector.processes(), std::move(query));
}

Result<ProcessView> process_view(Connector& connector, const std::string& id) {
  HANSE_TRY(auto stored, connector.processes().get(id));
  ProcessView out{.process = std::move(stored.record), .terms = {}, .messages = {}, .waiting = {}};
  // What a token opens is for machines only.
  if (out.process.data_address) {
    for (auto& [name, value] : out.process.data_address->properties) {
      if (name.ends_with("authorization")) value = "***";
    }
  }
  if (const auto policy = read_policy(out.process.offer)) out.terms = plain_rules(*policy);
  HANSE_TRY(auto said, connector.evidence().list(out.process.partner, id, {}, 200));
  for (auto it = said.items.rbegin(); it != said.items.rend(); ++it) out.messages.push_back(std::move(it->record));
  HANSE_TRY(const auto waiting, connector.outbox().list({.kind = {}, .equal = {{"process", id}}, .limit = 100}));
  for (const auto& entry : waiting.items) out.waiting.push_back(entry.record);
  for (auto& entry : out.waiting) entry.message.data_address.reset();
  return out;
}

Result<Act> act_of(Connector& connector, const StepInput& in) {
  HANSE_TRY(const auto stored, connector.processes().get(in.id));
  const auto& process = stored.record;
  const bool negotiation = process.kind == ProcessKind::negotiation;
  Act act{.code = "PERSON", .reason = {}, .offer = offer_of(in.offer, in.terms)};
  if (!in.reason.empty()) act.reason.push_back(in.reason);
  switch (in.step) {
    case Step::offer:
      if (act.offer.text.empty())
        return fail(ErrorCode::invalid, "the step has wrong fields", {{"terms", "are required for an offer"}});
      HANSE_CHECK(read_policy(act.offer));
      act.message = process.side == Side::provider ? contract_offer : contract_request;
      break;
    case Step::terminate:
      act.message = negotiation ? negotiation_termination : transfer_termination;
      break;
    case Step::suspend:
      act.message = transfer_suspension;
      break;
    case Step::complete:
      act.message = transfer_completion;
      break;
    case Step::resume:
      act.message = transfer_start;
      break;
  }
  if (negotiation != (kind_of(act.message) == ProcessKind::negotiation)) {
    return fail(ErrorCode::invalid, "the step has wrong fields", {{"step", "isn't one of this kind of process"}});
  }
  return act;
}

}  // namespace

void add_process_routes(std::vector<Route>& out, Connector& connector, const Ask& ask) {
  out.push_back(api::route<ProcessListInput, Page<Process>>(
      {Method::get, "/api/v1/dataspace/processes", "Negotiations and transfers, newest first.", kDataspaceRead},
      [&connector](const ProcessListInput& in, const Context&) { return list(connector, in); }));
  out.push_back(api::route<DataspaceById, ProcessView>(
      {Method::get, "/api/v1/dataspace/processes/{id}", "One of them with every message and decision.", kDataspaceRead},
      [&connector](const DataspaceById& in, const Context&) { return process_view(connector, in.id); }));
  out.push_back(api::route<NegotiationInput, Process>(
      {Method::post, "/api/v1/dataspace/negotiations", "Asks a partner for one of its offers.", kDataspaceWrite},
      [&connector](const NegotiationInput& in, const Context& context) {
        return connector.request_negotiation(actor_of(context), {.partner = in.partner,
                                                                 .dataset = in.dataset,
                                                                 .offer_id = in.offer_id,
                                                                 .offer = offer_of(in.offer, in.terms),
                                                                 .address = {}});
      }));
  out.push_back(api::route<TransferInput, Process>(
      {Method::post, "/api/v1/dataspace/transfers", "Asks for data under an agreement.", kDataspaceWrite},
      [&connector](const TransferInput& in, const Context& context) {
        return connector.request_transfer(
            actor_of(context),
            {.agreement = in.agreement, .format = in.format, .data_address = in.data_address, .address = {}});
      }));
  out.push_back(api::route<DataspaceById, Process>(
      {Method::post, "/api/v1/dataspace/processes/{id}/approve",
       "Says yes to what waits for a person; with four eyes the second makes it happen.", kDataspaceWrite},
      [&connector](const DataspaceById& in, const Context& context) {
        return connector.approve(actor_of(context), in.id);
      }));
  out.push_back(
      api::route<StepInput, Process>({Method::post, "/api/v1/dataspace/processes/{id}/step",
                                      "Goes on: another offer, end, pause, complete, resume.", kDataspaceWrite},
                                     [&connector](const StepInput& in, const Context& context) -> Result<Process> {
                                       HANSE_TRY(const auto act, act_of(connector, in));
                                       return connector.act(actor_of(context), in.id, act);
                                     }));
  out.push_back(api::route<FetchInput, api::Response>(
      {Method::get, "/api/v1/dataspace/processes/{id}/data", "Fetches data of a running transfer from the partner.",
       kDataspaceWrite},
      [&connector, ask](const FetchInput& in, const Context&) { return fetch_data(connector, ask, in); }));
}

}  // namespace hanse::dataspace
