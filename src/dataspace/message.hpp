#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "dataspace/state.hpp"

namespace hanse::dataspace {

inline constexpr std::string_view kContext = "https://w3id.org/dspace/2025/1/context.jsonld";
inline constexpr std::string_view kHttpEndpoint = "https://w3id.org/idsa/v4.1/HTTP";

/// Where data can be had (pull) or are to be sent (push). Source: Dataspace Protocol 2025-1, data address.
struct DataAddress {
  std::string endpoint_type;
  std::string endpoint;                           ///< URL; may be empty when only properties say it.
  std::map<std::string, std::string> properties;  ///< By name; the token is `authorization`.
  friend bool operator==(const DataAddress&, const DataAddress&) = default;
};
HANSE_DESCRIBE(DataAddress, (endpoint_type, endpoint, properties))

/// Any message of the two protocols; which members count is the type's business (see `write_message`).
struct Message {
  MessageType type = MessageType::contract_request;
  std::string id;  ///< `@id`: recognises a repetition. Empty when the sender gave none.
  std::string consumer_pid;
  std::string provider_pid;
  std::string callback_address;
  RawJson offer;      ///< Verbatim, as partners compare it member by member.
  RawJson agreement;  ///< Verbatim.
  std::string agreement_id;
  std::string format;
  std::optional<DataAddress> data_address;
  std::string code;
  std::vector<std::string> reason;
  friend bool operator==(const Message&, const Message&) = default;
};
HANSE_DESCRIBE(Message, (type, id, consumer_pid, provider_pid, callback_address, offer, agreement, agreement_id, format,
                         data_address, code, reason))

/// Reads a message, tolerantly: unknown members, a single value for a list, `{"@id": "..."}` or `{"@value": "..."}` for
/// a text, prefixed or full names. The type must be one of `expected`. Errors: `invalid` with the path of each fault.
Result<Message> read_message(std::string_view body, std::span<const MessageType> expected);
/// Exactly as the protocol's schemas have it.
std::string write_message(const Message& message);

/// `{"@context":[...],"@type":"ContractNegotiation","providerPid":...,"consumerPid":...,"state":...}`
std::string write_process(ProcessKind kind, std::string_view provider_pid, std::string_view consumer_pid, State state);
/// The error document of a kind, with pids as far as they are known.
std::string write_error(ProcessKind kind, std::string_view provider_pid, std::string_view consumer_pid,
                        std::string_view code, std::string_view reason);
std::string write_catalogue_error(std::string_view code, std::string_view reason);

/// What a partner's acknowledgement or error says, as far as it says it.
struct Acknowledgement {
  std::string provider_pid, consumer_pid, state, code;
  std::vector<std::string> reason;
};
Acknowledgement read_acknowledgement(std::string_view body);

/// `urn:uuid:` with a random version 4 UUID (RFC 9562), for pids, messages and agreements.
std::string new_urn();
/// As a path segment (RFC 3986, 3.3).
std::string encode_segment(std::string_view text);

}  // namespace hanse::dataspace
