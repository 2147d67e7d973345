#include "dataspace/message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/random.hpp"
#include "dataspace/internal/loose.hpp"

namespace hanse::dataspace {
namespace {

constexpr std::size_t kWordMax = 4096;  // of an id, address, code
constexpr std::size_t kReasonsMax = 100;

using enum MessageType;

/// Which members a message has, one bit each.
enum Has : unsigned {
  kConsumerPid = 1,
  kProviderPid = 2,
  kOffer = 4,
  kAgreement = 8,
  kCallback = 16,
  kAgreementId = 32,
  kFormat = 64,
  kDataAddress = 128,
  kReason = 256,
  kEvent = 512,
};
struct Shape {
  unsigned required;
  unsigned optional;
};
constexpr unsigned kPids = kConsumerPid | kProviderPid;

/// By type, in the enumeration's order. A first request has a callback, a counter-offer both pids: checked apart.
constexpr std::array<Shape, 12> kShapes{{
    {kConsumerPid | kOffer, kProviderPid | kCallback},
    {kProviderPid | kOffer, kConsumerPid | kCallback},
    {kPids | kAgreement, 0},
    {kPids, 0},
    {kPids | kEvent, 0},
    {kPids | kEvent, 0},
    {kPids, kReason},
    {kConsumerPid | kAgreementId | kFormat | kCallback, kDataAddress},
    {kPids, kDataAddress},
    {kPids, kReason},
    {kPids, 0},
    {kPids, kReason},
}};
static_assert(kShapes.size() == static_cast<std::size_t>(transfer_termination) + 1);

const Shape& shape_of(MessageType type) { return kShapes[static_cast<std::size_t>(type)]; }

class Reader {
 public:
  explicit Reader(JsonRef root) : root_(root) {}

  Result<Message> read(std::span<const MessageType> expected) {
    HANSE_CHECK(read_type(expected));
    const auto& shape = shape_of(message_.type);
    take(shape, kConsumerPid, "consumerPid", message_.consumer_pid);
    take(shape, kProviderPid, "providerPid", message_.provider_pid);
    take(shape, kCallback, "callbackAddress", message_.callback_address);
    take(shape, kAgreementId, "agreementId", message_.agreement_id);
    take(shape, kFormat, "format", message_.format);
    message_.id = bounded("@id", loose::text(root_, "@id").value_or(""));
    if (shape.required & kOffer) message_.offer = policy("offer");
    if (shape.required & kAgreement) message_.agreement = policy("agreement");
    if (shape.optional & kDataAddress) read_data_address();
    if (shape.optional & kReason) read_reason();
    const bool first_or_next = message_.type == contract_request || message_.type == contract_offer;
    const auto& peer = message_.type == contract_request ? message_.provider_pid : message_.consumer_pid;
    if (first_or_next && peer.empty() && message_.callback_address.empty()) {
      error("callbackAddress", "is required in the first message; a later one names both pids");
    }
    if (!errors_.empty()) return fail(ErrorCode::invalid, "the message has wrong members", std::move(errors_));
    return std::move(message_);
  }

 private:
  void error(std::string path, std::string message) { errors_.push_back({std::move(path), std::move(message)}); }

  std::string bounded(std::string_view name, std::string text) {
    if (text.size() > kWordMax) {
      error(std::string{name}, fmt::format("must have at most {} characters", kWordMax));
      return {};
    }
    return text;
  }

  Result<void> read_type(std::span<const MessageType> expected) {
    if (root_.kind() != JsonRef::Kind::object) return fail(ErrorCode::invalid, "the message must be a JSON object");
    const std::string type = loose::text(root_, "@type").value_or("");
    const std::string event{loose::text(root_, "eventType").value_or("")};
    std::string names;
    for (const auto candidate : expected) {
      names += (names.empty() ? "" : " or ") + std::string{wire_name(candidate)};
      if (loose::short_name(type) != wire_name(candidate)) continue;
      if (candidate == event_accepted && loose::short_name(event) != "ACCEPTED") continue;
      if (candidate == event_finalized && loose::short_name(event) != "FINALIZED") continue;
      message_.type = candidate;
      return {};
    }
    if (loose::short_name(type) == wire_name(event_accepted)) {
      return fail(ErrorCode::invalid, "the event isn't known", {{"eventType", "must be ACCEPTED or FINALIZED"}});
    }
    return fail(ErrorCode::invalid, "this message isn't expected here", {{"@type", "must be " + names}});
  }

  void take(const Shape& shape, unsigned which, std::string_view name, std::string& out) {
    if (!((shape.required | shape.optional) & which)) return;
    out = bounded(name, loose::text(root_, name).value_or(""));
    if (out.empty() && (shape.required & which)) error(std::string{name}, "is required");
  }

  /// An offer or agreement; its meaning is read later, here only that it can be one.
  RawJson policy(std::string_view name) {
    const auto found = loose::member(root_, name);
    const std::string path{name};
    if (!found || found->kind() != JsonRef::Kind::object) {
      error(path, "is required and must be an object");
      return {};
    }
    if (loose::text(*found, "@id").value_or("").empty()) error(path + ".@id", "is required");
    if (loose::list(loose::member(*found, "permission")).empty() &&
        loose::list(loose::member(*found, "prohibition")).empty()) {
      error(path, "must hold a permission or a prohibition");
    }
    return {found->text()};
  }

  void read_data_address() {
    const auto found = loose::member(root_, "dataAddress");
    if (!found || found->kind() == JsonRef::Kind::null) return;
    DataAddress address;
    address.endpoint_type = bounded("dataAddress.endpointType", loose::text(*found, "endpointType").value_or(""));
    address.endpoint = bounded("dataAddress.endpoint", loose::text(*found, "endpoint").value_or(""));
    for (const auto property : loose::list(loose::member(*found, "endpointProperties"))) {
      const auto name = loose::text(property, "name");
      const auto value = loose::text(property, "value");
      if (!name || !value || address.properties.size() >= kReasonsMax) {
        error("dataAddress.endpointProperties", "must be at most 100 pairs of name and value");
        return;
      }
      address.properties[*name] = bounded("dataAddress.endpointProperties", *value);
    }
    message_.data_address = std::move(address);
  }

  void read_reason() {
    message_.code = bounded("code", loose::text(root_, "code").value_or(""));
    for (const auto reason : loose::list(loose::member(root_, "reason"))) {
      if (message_.reason.size() == kReasonsMax) break;
      message_.reason.push_back(bounded("reason", loose::text(reason).value_or(reason.text())));
    }
  }

  JsonRef root_;
  Message message_;
  std::vector<FieldError> errors_;
};

std::string begin(std::string_view type) { return fmt::format(R"({{"@context":["{}"],"@type":"{}")", kContext, type); }

void add(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += fmt::format(R"(,"{}":)", name);
  json::append_string(out, value);
}

void add_raw(std::string& out, std::string_view name, const RawJson& value) {
  if (!value.text.empty()) out += fmt::format(R"(,"{}":{})", name, value.text);
}

void add_reason(std::string& out, std::string_view code, const std::vector<std::string>& reason) {
  add(out, "code", code);
  if (!reason.empty()) out += ",\"reason\":" + to_json(reason);
}

void add_data_address(std::string& out, const DataAddress& address) {
  out += R"(,"dataAddress":{"@type":"DataAddress","endpointType":)";
  json::append_string(out, address.endpoint_type.empty() ? kHttpEndpoint : std::string_view{address.endpoint_type});
  add(out, "endpoint", address.endpoint);
  if (!address.properties.empty()) {
    out += R"(,"endpointProperties":[)";
    bool first = true;
    for (const auto& [name, value] : address.properties) {
      out += std::exchange(first, false) ? R"({"@type":"EndpointProperty")" : R"(,{"@type":"EndpointProperty")";
      out += ",\"name\":";
      json::append_string(out, name);
      out += ",\"value\":";
      json::append_string(out, value);
      out += '}';
    }
    out += ']';
  }
  out += '}';
}

}  // namespace

Result<Message> read_message(std::string_view body, std::span<const MessageType> expected) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  return Reader{document.root()}.read(expected);
}

std::string write_message(const Message& message) {
  const auto& shape = shape_of(message.type);
  const unsigned has = shape.required | shape.optional;
  std::string out = begin(wire_name(message.type));
  add(out, "@id", message.id);
  add(out, "providerPid", message.provider_pid);
  add(out, "consumerPid", message.consumer_pid);
  if (has & kOffer) add_raw(out, "offer", message.offer);
  if (has & kAgreement) add_raw(out, "agreement", message.agreement);
  if (has & kAgreementId) add(out, "agreementId", message.agreement_id);
  if (has & kFormat) add(out, "format", message.format);
  if (has & kCallback) add(out, "callbackAddress", message.callback_address);
  if (message.type == event_accepted) add(out, "eventType", "ACCEPTED");
  if (message.type == event_finalized) add(out, "eventType", "FINALIZED");
  if ((has & kDataAddress) && message.data_address) add_data_address(out, *message.data_address);
  if (has & kReason) add_reason(out, message.code, message.reason);
  return out += '}';
}

std::string write_process(ProcessKind kind, std::string_view provider_pid, std::string_view consumer_pid, State state) {
  std::string out = begin(kind == ProcessKind::negotiation ? "ContractNegotiation" : "TransferProcess");
  add(out, "providerPid", provider_pid);
  add(out, "consumerPid", consumer_pid);
  add(out, "state", wire_name(state));
  return out += '}';
}

std::string write_error(ProcessKind kind, std::string_view provider_pid, std::string_view consumer_pid,
                        std::string_view code, std::string_view reason) {
  std::string out = begin(kind == ProcessKind::negotiation ? "ContractNegotiationError" : "TransferError");
  // Both pids are required by the schema: what nobody knows is named so.
  add(out, "providerPid", provider_pid.empty() ? "unknown" : provider_pid);
  add(out, "consumerPid", consumer_pid.empty() ? "unknown" : consumer_pid);
  add_reason(out, code, {std::string{reason}});
  return out += '}';
}

std::string write_catalogue_error(std::string_view code, std::string_view reason) {
  std::string out = begin("CatalogError");
  add_reason(out, code, {std::string{reason}});
  return out += '}';
}

Acknowledgement read_acknowledgement(std::string_view body) {
  Acknowledgement out;
  const auto document = JsonDocument::parse(body);
  if (!document) return out;
  const auto root = document->root();
  const auto take = [&](std::string_view name) {
    auto text = loose::text(root, name).value_or("");
    return text.size() > kWordMax ? std::string{} : text;
  };
  out.provider_pid = take("providerPid");
  out.consumer_pid = take("consumerPid");
  out.state = std::string{loose::short_name(take("state"))};
  out.code = take("code");
  for (const auto reason : loose::list(loose::member(root, "reason"))) {
    if (out.reason.size() == kReasonsMax) break;
    out.reason.push_back(loose::text(reason).value_or(reason.text()).substr(0, kWordMax));
  }
  return out;
}

std::string new_urn() {
  std::string hex = secure_random_hex(16);
  hex[12] = '4';
  constexpr std::string_view kUuidVariants = "89ab";
  hex[16] = kUuidVariants[static_cast<std::size_t>(hex[16]) % 4];
  return fmt::format("urn:uuid:{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20));
}

std::string encode_segment(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view{"-._~:@!$'()*,;="}.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace hanse::dataspace
