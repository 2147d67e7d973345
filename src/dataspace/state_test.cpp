#include "dataspace/state.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <tuple>

#include "base/type_info.hpp"

namespace hanse::dataspace {
namespace {

using enum State;
using enum MessageType;

constexpr std::array kStates{requested, offered, accepted,  agreed,    verified,
                             finalized, started, suspended, completed, terminated};
constexpr std::array kMessages{contract_request, contract_offer,      contract_agreement,      agreement_verification,
                               event_accepted,   event_finalized,     negotiation_termination, transfer_request,
                               transfer_start,   transfer_suspension, transfer_completion,     transfer_termination};

// Every state x message x sender, against the arrows as the protocol's diagrams have them, written out a second time.
TEST(State, ExactlyTheProtocolsArrowsAreAllowed) {
  const std::set<std::string> allowed{
      "requested contract_offer provider offered",      "requested contract_agreement provider agreed",
      "offered contract_request consumer requested",    "offered event_accepted consumer accepted",
      "accepted contract_agreement provider agreed",    "agreed agreement_verification consumer verified",
      "verified event_finalized provider finalized",    "requested transfer_start provider started",
      "started transfer_completion provider completed", "started transfer_completion consumer completed",
      "started transfer_suspension provider suspended", "started transfer_suspension consumer suspended",
      "suspended transfer_start provider started",      "suspended transfer_start consumer started"};
  std::set<std::string> found;
  for (const auto from : kStates) {
    for (const auto message : kMessages) {
      for (const auto sender : {Side::consumer, Side::provider}) {
        const auto to = next_state(kind_of(message), from, message, sender);
        if (message == negotiation_termination || message == transfer_termination) {
          const bool of_kind = message == transfer_termination
                                   ? (from == requested || from == started || from == suspended)
                                   : (from <= verified);
          EXPECT_EQ(to, of_kind ? std::optional{terminated} : std::nullopt) << describe::enum_name(from);
        } else if (to) {
          found.insert(describe::enum_name(from) + ' ' + describe::enum_name(message) + ' ' +
                       describe::enum_name(sender) + ' ' + describe::enum_name(*to));
        }
      }
    }
  }
  EXPECT_EQ(found, allowed);
}

TEST(State, OnlyTheRightSideBeginsAProcess) {
  EXPECT_EQ(next_state(ProcessKind::negotiation, {}, contract_request, Side::consumer), requested);
  EXPECT_EQ(next_state(ProcessKind::negotiation, {}, contract_offer, Side::provider), offered);
  EXPECT_EQ(next_state(ProcessKind::transfer, {}, transfer_request, Side::consumer), requested);
  EXPECT_FALSE(next_state(ProcessKind::negotiation, {}, contract_request, Side::provider));
  EXPECT_FALSE(next_state(ProcessKind::transfer, {}, transfer_request, Side::provider));
}

TEST(State, NothingLeavesAFinalState) {
  for (const auto& arrow : transitions()) EXPECT_FALSE(arrow.from && is_final(*arrow.from));
}

TEST(State, WireNamesAreTheProtocols) {
  EXPECT_EQ(wire_name(requested), "REQUESTED");
  EXPECT_EQ(wire_name(event_finalized), "ContractNegotiationEventMessage");
  EXPECT_EQ(wire_name(transfer_termination), "TransferTerminationMessage");
}

}  // namespace
}  // namespace hanse::dataspace
