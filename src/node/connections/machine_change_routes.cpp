#include "node/connections/machine_change_routes.hpp"

#include "api/common_inputs.hpp"

namespace hanse::node {
namespace {

using api::ById;
using api::PageInput;

struct NewMachineChange {
  std::string connection;
  std::string address;
  std::string method;
  RawJson value;
  std::string reason;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "connection", .summary = "Id of the connection.", .required = true},
        FieldNote{
            .field = "address",
            .summary = "What is written, or the object that has the method, as the connection's settings name it.",
            .length_max = 4096,
            .required = true},
        FieldNote{.field = "method", .summary = "The method to call; empty: the value is written.", .length_max = 4096},
        FieldNote{.field = "value", .summary = "What to write; for a method the list of its arguments."},
        FieldNote{
            .field = "reason", .summary = "Why: what the second person reads.", .length_max = 1000, .required = true}};
  }
};
HANSE_DESCRIBE(NewMachineChange, (connection, address, method, value, reason))

}  // namespace

std::vector<api::Route> machine_change_routes(MachineChanges& changes) {
  std::vector<api::Route> routes;
  routes.push_back(api::route<PageInput, api::Page<MachineChange>>(
      {.path = "/api/v1/machine-changes",
       .summary = "Changes at machines that were asked for, with who decided and what came of them; the newest first.",
       .permission = "connections.read"},
      [&changes](const PageInput& in, const api::Context&) -> Result<api::Page<MachineChange>> {
        HANSE_TRY(auto page, changes.list(in.cursor, in.limit));
        return api::page_of<MachineChange>(std::move(page));
      }));
  routes.push_back(api::route<NewMachineChange, MachineChange>(
      {.method = api::Method::post,
       .path = "/api/v1/machine-changes",
       .summary = "Asks for a change at a machine; it is sent when a second person approves it within an hour.",
       .permission = "machines.request"},
      [&changes](const NewMachineChange& in, const api::Context& context) {
        MachineChange change;
        change.connection = in.connection;
        change.command = {.address = in.address, .method = in.method, .value = in.value};
        change.reason = in.reason;
        return changes.request(context.caller.id, std::move(change));
      }));
  routes.push_back(api::route<ById, MachineChange>(
      {.path = "/api/v1/machine-changes/{id}", .summary = "One change at a machine.", .permission = "connections.read"},
      [&changes](const ById& in, const api::Context&) { return changes.get(in.id); }));
  routes.push_back(api::route<ById, MachineChange>(
      {.method = api::Method::post,
       .path = "/api/v1/machine-changes/{id}/approve",
       .summary = "Approves what somebody else asked for, and sends it to the machine, once; answers with its state.",
       .permission = "machines.approve"},
      [&changes](const ById& in, const api::Context& context) { return changes.approve(context.caller.id, in.id); }));
  routes.push_back(api::route<ById, MachineChange>(
      {.method = api::Method::post,
       .path = "/api/v1/machine-changes/{id}/refuse",
       .summary = "Refuses a change that waits, or takes one's own back.",
       .permission = "machines.request"},
      [&changes](const ById& in, const api::Context& context) { return changes.refuse(context.caller.id, in.id); }));
  return routes;
}

}  // namespace hanse::node
