#include "dataspace/state.hpp"

#include <algorithm>
#include <array>

#include "base/type_info.hpp"

namespace hanse::dataspace {
namespace {

using enum ProcessKind;
using enum State;
using enum MessageType;
using enum Side;

constexpr std::array kTransitions{
    Transition{negotiation, std::nullopt, contract_request, consumer, requested},
    Transition{negotiation, std::nullopt, contract_offer, provider, offered},
    Transition{negotiation, requested, contract_offer, provider, offered},
    Transition{negotiation, requested, contract_agreement, provider, agreed},
    Transition{negotiation, requested, negotiation_termination, std::nullopt, terminated},
    Transition{negotiation, offered, contract_request, consumer, requested},
    Transition{negotiation, offered, event_accepted, consumer, accepted},
    Transition{negotiation, offered, negotiation_termination, std::nullopt, terminated},
    Transition{negotiation, accepted, contract_agreement, provider, agreed},
    Transition{negotiation, accepted, negotiation_termination, std::nullopt, terminated},
    Transition{negotiation, agreed, agreement_verification, consumer, verified},
    Transition{negotiation, agreed, negotiation_termination, std::nullopt, terminated},
    Transition{negotiation, verified, event_finalized, provider, finalized},
    Transition{negotiation, verified, negotiation_termination, std::nullopt, terminated},
    Transition{transfer, std::nullopt, transfer_request, consumer, requested},
    Transition{transfer, requested, transfer_start, provider, started},
    Transition{transfer, requested, transfer_termination, std::nullopt, terminated},
    Transition{transfer, started, transfer_completion, std::nullopt, completed},
    Transition{transfer, started, transfer_suspension, std::nullopt, suspended},
    Transition{transfer, started, transfer_termination, std::nullopt, terminated},
    Transition{transfer, suspended, transfer_start, std::nullopt, started},
    Transition{transfer, suspended, transfer_termination, std::nullopt, terminated},
};

constexpr std::array<std::string_view, 12> kMessageNames{"ContractRequestMessage",
                                                         "ContractOfferMessage",
                                                         "ContractAgreementMessage",
                                                         "ContractAgreementVerificationMessage",
                                                         "ContractNegotiationEventMessage",
                                                         "ContractNegotiationEventMessage",
                                                         "ContractNegotiationTerminationMessage",
                                                         "TransferRequestMessage",
                                                         "TransferStartMessage",
                                                         "TransferSuspensionMessage",
                                                         "TransferCompletionMessage",
                                                         "TransferTerminationMessage"};
static_assert(kMessageNames.size() == static_cast<std::size_t>(transfer_termination) + 1);

}  // namespace

std::span<const Transition> transitions() { return kTransitions; }

std::optional<State> next_state(ProcessKind kind, std::optional<State> from, MessageType message, Side sender) {
  const auto found = std::ranges::find_if(kTransitions, [&](const Transition& t) {
    return t.kind == kind && t.from == from && t.message == message && (!t.sender || *t.sender == sender);
  });
  return found == kTransitions.end() ? std::nullopt : std::optional{found->to};
}

bool is_final(State state) { return state == finalized || state == completed || state == terminated; }

ProcessKind kind_of(MessageType message) { return message < transfer_request ? negotiation : transfer; }

std::string wire_name(State state) {
  std::string name = describe::enum_name(state);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
  return name;
}

std::string_view wire_name(MessageType message) { return kMessageNames[static_cast<std::size_t>(message)]; }

}  // namespace hanse::dataspace
