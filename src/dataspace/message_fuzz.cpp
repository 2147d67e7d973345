#include <array>
#include <cstdlib>

#include "dataspace/message.hpp"

// What reads as a message must survive being written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hanse::dataspace;
  using enum MessageType;
  static constexpr std::array kAll{contract_request,        contract_offer,      contract_agreement,
                                   agreement_verification,  event_accepted,      event_finalized,
                                   negotiation_termination, transfer_request,    transfer_start,
                                   transfer_suspension,     transfer_completion, transfer_termination};
  const std::string_view body{reinterpret_cast<const char*>(data), size};
  (void)read_acknowledgement(body);
  const auto message = read_message(body, kAll);
  if (!message) return 0;
  const auto again = read_message(write_message(*message), std::array{message->type});
  if (!again || again->consumer_pid != message->consumer_pid || again->offer != message->offer) std::abort();
  return 0;
}
