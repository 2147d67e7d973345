#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/describe.hpp"

namespace hanse::dataspace {

enum class ProcessKind { negotiation, transfer };
HANSE_DESCRIBE_ENUM(ProcessKind, negotiation, transfer)

/// Who of the two. The consumer asks, the provider grants; one node is either, process by process.
enum class Side { consumer, provider };
HANSE_DESCRIBE_ENUM(Side, consumer, provider)
inline Side other(Side side) { return side == Side::consumer ? Side::provider : Side::consumer; }

/// States of both kinds of process; the wire has them in upper case.
enum class State {
  requested,
  offered,
  accepted,
  agreed,
  verified,
  finalized,  // negotiation
  started,
  suspended,
  completed,  // transfer (which also begins as requested)
  terminated,
};
HANSE_DESCRIBE_ENUM(State, requested, offered, accepted, agreed, verified, finalized, started, suspended, completed,
                    terminated)

/// What the two send each other. Event messages count as two: only one side may send each.
enum class MessageType {
  contract_request,
  contract_offer,
  contract_agreement,
  agreement_verification,
  event_accepted,
  event_finalized,
  negotiation_termination,
  transfer_request,
  transfer_start,
  transfer_suspension,
  transfer_completion,
  transfer_termination,
};
HANSE_DESCRIBE_ENUM(MessageType, contract_request, contract_offer, contract_agreement, agreement_verification,
                    event_accepted, event_finalized, negotiation_termination, transfer_request, transfer_start,
                    transfer_suspension, transfer_completion, transfer_termination)

/// One arrow of a state machine. `from` is absent for the message that makes the process.
struct Transition {
  ProcessKind kind;
  std::optional<State> from;
  MessageType message;
  std::optional<Side> sender;  ///< Absent: either side.
  State to;
};

/// Both state machines. Source: Dataspace Protocol 2025-1, contract negotiation and transfer process, states.
/// A termination is allowed to either side in every state that isn't final, as the text says.
std::span<const Transition> transitions();

/// Where `message` of `sender` leads, or nothing when it isn't allowed there.
std::optional<State> next_state(ProcessKind kind, std::optional<State> from, MessageType message, Side sender);

bool is_final(State state);
ProcessKind kind_of(MessageType message);
/// `REQUESTED`
std::string wire_name(State state);
/// `ContractRequestMessage`; both events are `ContractNegotiationEventMessage`.
std::string_view wire_name(MessageType message);

}  // namespace hanse::dataspace
