#include "node/twin/twin_machine_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace hanse::node {
namespace {

constexpr std::string_view kRight = "machines.request";

/// Which connection fills the signal, from which address.
std::optional<plant::Mapping> source_of(const connectors::ConnectionBook& connections, const plant::Plant& plant,
                                        signal::SignalId signal) {
  for (const auto& connection : connections.all()) {
    for (auto& mapping : plant.catalogue().mappings(connection.id)) {
      if (mapping.signal == signal) return std::move(mapping);
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> TwinMachineValues::ask(const api::Caller& caller, const twin::MachineWish& wish) {
  if (!may_(caller, kRight, static_cast<std::uint32_t>(wish.signal)))
    return fail(ErrorCode::forbidden,
                fmt::format("writing at a machine takes the permission {}, which you don't have there", kRight));
  const auto source = source_of(connections_, plant_, wish.signal);
  if (!source)
    return fail(ErrorCode::forbidden, "no connection fills this signal, so there is no machine to write it at");
  MachineChange change;
  change.connection = source->connection;
  change.command = {.address = source->address, .method = {}, .value = wish.value};
  change.reason = wish.reason.substr(0, 1000);
  HANSE_TRY(const auto asked, changes_.request(caller.id, std::move(change)));
  return fmt::format("/api/v1/machine-changes/{}", asked.id);
}

std::set<signal::SignalId> TwinMachineValues::writable(std::span<const signal::SignalId> signals) const {
  std::set<signal::SignalId> out;
  for (const auto& connection : connections_.all()) {
    const auto* protocol = connections_.protocol(connection.protocol);
    if (!protocol || !protocol->check_command) continue;
    const auto settings = JsonDocument::parse(connection.settings.text);
    if (!settings) continue;
    for (const auto& mapping : plant_.catalogue().mappings(connection.id)) {
      if (std::ranges::find(signals, mapping.signal) == signals.end()) continue;
      // Which values are allowed is another question: only that none is counts here.
      const auto allowed =
          protocol->check_command(settings->root(), {.address = mapping.address, .method = {}, .value = {"null"}});
      if (allowed || allowed.error().code != ErrorCode::forbidden) out.insert(mapping.signal);
    }
  }
  return out;
}

}  // namespace hanse::node
