#include "connectors/opcua/session/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "connectors/opcua/codec/node_text.hpp"
#include "connectors/opcua/codec/variant_json.hpp"
#include "connectors/opcua/codec/variant_parts.hpp"
#include "connectors/opcua/session/properties.hpp"
#include "connectors/opcua/session/value_summary.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kCommandLimit = 10s;
// What is read of a node before it is written, and where that stands in the answer.
constexpr std::uint32_t kWantedAttributes[] = {13, 14, 15};  // Value, DataType, ValueRank
constexpr std::size_t kValueAt = 0, kDataTypeAt = 1, kRankAt = 2;
constexpr std::size_t kStructuresMax = 100;

Error wrong_value(std::string why) {
  std::string message = "the value can't be written: " + why;
  return fail(ErrorCode::invalid, std::move(message), {{"value", std::move(why)}});
}

Result<void> check_range(const WriteChoice& choice, JsonRef value) {
  if (!choice.low && !choice.high) return {};
  if (value.kind() == JsonRef::Kind::array) {
    for (std::size_t i = 0; i < value.size(); ++i) HANSE_CHECK(check_range(choice, value.element(i)));
    return {};
  }
  if (value.kind() == JsonRef::Kind::object) {  // Of a structure the numbers are limited, whatever else it has.
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto member = value.member(i).second;
      const bool other = member.kind() == JsonRef::Kind::string || member.kind() == JsonRef::Kind::boolean;
      if (!other) HANSE_CHECK(check_range(choice, member));
    }
    return {};
  }
  if (value.kind() != JsonRef::Kind::integer && value.kind() != JsonRef::Kind::real)
    return wrong_value("must be a number, as the connection sets limits for it");
  const double number = value.real();
  const bool fits = number >= choice.low.value_or(number) && number <= choice.high.value_or(number);
  if (fits) return {};
  return wrong_value(fmt::format("must be within what the connection allows, from {} to {}",
                                 choice.low ? fmt::format("{}", *choice.low) : "any",
                                 choice.high ? fmt::format("{}", *choice.high) : "any"));
}

/// What a value must be to be taken: by the value that is there; else by the node's own description.
struct WantedType {
  Builtin type = Builtin::null;
  std::size_t rank = 0;
  NodeId encoding;  ///< Of structures.
};

Result<WantedType> wanted_type(std::span<const DataValue> attributes, const TypeBook& types) {
  const auto& current = attributes[kValueAt].value;
  const auto* data_type = std::get_if<NodeId>(&attributes[kDataTypeAt].value.value);
  WantedType out;
  if (data_type) out.encoding = types.encoding_of(*data_type);
  if (current.is_null()) {
    const auto* rank = std::get_if<std::int32_t>(&attributes[kRankAt].value.value);
    out.rank = rank && *rank >= 0 ? static_cast<std::size_t>(std::max(*rank, 1)) : 0;
    out.type = data_type ? builtin_of(*data_type) : Builtin::null;
    if (!out.encoding.is_null()) out.type = Builtin::extension_object;
    if (out.type == Builtin::null)
      return fail(ErrorCode::invalid, "the server doesn't tell which type it wants, as it has no value yet");
    return out;
  }
  out.type = current.type();
  out.rank = !current.is_array() ? 0 : current.dimensions.empty() ? 1 : current.dimensions.size();
  const auto first = out.rank == 0 ? current : element_count(current) > 0 ? element_at(current, 0) : Variant{};
  if (const auto* object = std::get_if<Box<ExtensionObject>>(&first.value); object && *object)
    out.encoding = (**object).type_id;
  return out;
}

Result<Variant> to_variant(const WantedType& wanted, JsonRef value, const TypeBook& types) {
  if (wanted.type != Builtin::extension_object) return variant_from_json(wanted.type, wanted.rank, value);
  Variant out;
  if (wanted.rank == 0) {
    HANSE_TRY(auto object, types.compose(wanted.encoding, value));
    out.value = Box<ExtensionObject>{std::move(object)};
    return out;
  }
  if (wanted.rank > 1 || value.kind() != JsonRef::Kind::array || value.size() > kStructuresMax)
    return fail(ErrorCode::invalid, fmt::format("the value must be a list of at most {} objects", kStructuresMax));
  Array<ExtensionObject> objects;
  objects.empty_not_null = true;
  for (std::size_t i = 0; i < value.size(); ++i) {
    HANSE_TRY(auto object, types.compose(wanted.encoding, value.element(i)));
    objects.push_back(std::move(object));
  }
  out.value = std::move(objects);
  return out;
}

/// With these a server answers, or an answer is lost, whether or not the machine did what it was told.
bool leaves_open(StatusCode status) {
  constexpr StatusCode kBadCommunicationError{0x80050000};
  constexpr std::array kOpen{status::kBadUnexpectedError, kBadCommunicationError, status::kBadDecodingError,
                             status::kBadTimeout, status::kBadResponseTooLarge};
  return std::ranges::any_of(kOpen, [&](StatusCode open) { return open.kind() == status.kind(); });
}

Error refused(std::string_view doing, StatusCode status) {
  return fail(ErrorCode::unavailable, fmt::format("the server refuses to {}: {}", doing, to_string(status)));
}

Result<std::vector<Variant>> to_variants(const RawJson& list, std::span<const Argument> arguments) {
  HANSE_TRY(const auto document, JsonDocument::parse(list.text.empty() ? "[]" : list.text));
  const auto values = document.root();
  if (values.kind() != JsonRef::Kind::array || values.size() != arguments.size()) {
    std::string wanted;
    for (const auto& argument : arguments) wanted += (wanted.empty() ? "" : ", ") + argument.name.substr(0, 100);
    return fail(ErrorCode::invalid, fmt::format("the method takes a list of {} arguments{}{}", arguments.size(),
                                                wanted.empty() ? "" : ": ", wanted));
  }
  std::vector<Variant> out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& type = arguments[i].data_type;
    const auto* number = type.space == 0 ? std::get_if<std::uint32_t>(&type.id) : nullptr;
    // A type of the server's own without a structure is an enumeration, which travels as Int32.
    const auto builtin = !number                ? Builtin::int32
                         : *number <= kBuiltins ? static_cast<Builtin>(*number)
                                                : Builtin::null;
    const auto rank =
        arguments[i].value_rank < 0 ? 0 : std::max<std::size_t>(static_cast<std::size_t>(arguments[i].value_rank), 1);
    auto value = variant_from_json(builtin, rank, values.element(i));
    if (!value)
      return fail(value.error().code,
                  fmt::format("argument {}: {}", arguments[i].name.substr(0, 100), value.error().message));
    out.push_back(std::move(*value));
  }
  return out;
}

}  // namespace

Result<void> check_command(const OpcuaSettings& settings, const Command& command) {
  if (!command.method.empty()) {
    const CallChoice wanted{.object = command.address, .method = command.method};
    if (std::ranges::find(settings.callable, wanted) != settings.callable.end()) return {};
    return fail(ErrorCode::forbidden,
                fmt::format("'{}' of '{}' may not be called: it isn't among `callable` of the connection's settings",
                            command.method.substr(0, 200), command.address.substr(0, 200)));
  }
  const auto found = std::ranges::find(settings.writable, command.address, &WriteChoice::node);
  if (found == settings.writable.end()) {
    return fail(ErrorCode::forbidden,
                fmt::format("'{}' may not be written: it isn't among `writable` of the connection's settings",
                            command.address.substr(0, 200)));
  }
  const auto value = JsonDocument::parse(command.value.text);
  if (!value) return wrong_value("must be there, as JSON");
  return check_range(*found, value->root());
}

void Commands::finish(const JobPtr& job, Result<std::string> answer) {
  std::erase(jobs_, job);
  if (job->done) std::exchange(job->done, nullptr)(std::move(answer));
}

void Commands::finish_unknown(const JobPtr& job) {
  finish(job, fail(ErrorCode::timeout,
                   "it was sent and no answer tells whether it was done: look at the machine before you ask again"));
}

void Commands::finish_refused(const JobPtr& job, std::string_view doing, StatusCode status) {
  if (leaves_open(status)) return finish_unknown(job);
  finish(job, refused(doing, status));
}

void Commands::start(Command command, CommandDone done) {
  auto job = std::make_shared<Job>(Job{.command = std::move(command), .done = std::move(done), .before = {}});
  jobs_.push_back(job);
  if (!session_.is_ready())
    return finish(job, fail(ErrorCode::unavailable, "there is no session with the server now; nothing was sent"));
  if (const auto allowed = check_command(session_.settings(), job->command); !allowed)
    return finish(job, allowed.error());
  return job->command.method.empty() ? write(job) : call(job);
}

void Commands::lost() {
  for (const auto& job : std::vector{jobs_}) {
    if (job->sent)
      finish_unknown(job);
    else
      finish(job, fail(ErrorCode::unavailable, "the connection was lost before anything was sent"));
  }
}

void Commands::write(const JobPtr& job) {
  const auto address = parse_node(job->command.address);
  auto node = address ? resolve(*address, session_.facts().namespaces) : Result<NodeId>{address.error()};
  if (!node) return finish(job, node.error());
  ReadRequest request;
  for (const auto attribute : kWantedAttributes) request.nodes.push_back({.node = *node, .attribute = attribute});
  session_.call(std::move(request), kCommandLimit, [this, job, node = *node](Reply<ReadResponse> reply) {
    const auto& values = reply.value.results;
    if (!reply.ok() || values.size() != std::size(kWantedAttributes))
      return finish(job, refused("tell the value's type", reply.status));
    const auto status = values[kDataTypeAt].status_or_good();
    if (status.is_bad()) return finish(job, refused("tell the value's type", status));
    send_value(job, node, values);
  });
}

void Commands::send_value(const JobPtr& job, const NodeId& node, std::span<const DataValue> attributes) {
  const auto wanted = wanted_type(attributes, types_);
  if (!wanted) return finish(job, wanted.error());
  const auto document = JsonDocument::parse(job->command.value.text);
  if (!document) return finish(job, document.error());
  auto value = to_variant(*wanted, document->root(), types_);
  if (!value) return finish(job, value.error());
  job->before = value_summary(attributes[kValueAt].value, types_);
  WriteRequest request;
  request.nodes.push_back({.node = node, .value = {}});
  request.nodes.back().value.value = std::move(*value);
  request.nodes.back().value.has_value = true;
  job->sent = true;
  session_.call(std::move(request), kCommandLimit, [this, job, node](Reply<WriteResponse> reply) {
    if (!reply.ok()) return finish_refused(job, "write", reply.status);
    if (reply.value.results.size() != 1) return finish_unknown(job);
    if (reply.value.results[0].is_bad()) return finish_refused(job, "write", reply.value.results[0]);
    read_back(job, node);
  });
}

void Commands::read_back(const JobPtr& job, const NodeId& node) {
  ReadRequest request;
  request.nodes.push_back({.node = node});
  session_.call(std::move(request), kCommandLimit, [this, job](Reply<ReadResponse> reply) {
    std::string answer = fmt::format("written; it was {}", job->before);
    if (reply.ok() && reply.value.results.size() == 1)
      answer += fmt::format(", the server reads {} now", value_summary(reply.value.results[0].value, types_));
    finish(job, std::move(answer));
  });
}

void Commands::call(const JobPtr& job) {
  CallMethodRequest request;
  for (auto [text, place] :
       {std::pair{&job->command.address, &request.object}, {&job->command.method, &request.method}}) {
    const auto address = parse_node(*text);
    auto node = address ? resolve(*address, session_.facts().namespaces) : Result<NodeId>{address.error()};
    if (!node) return finish(job, node.error());
    *place = std::move(*node);
  }
  find_properties(session_, {request.method}, {"InputArguments"},
                  [this, job, request](std::vector<NodeId> found) mutable {
                    if (found.empty() || found[0].is_null()) return send_call(job, std::move(request), {});
                    read_arguments(job, found[0], std::move(request));
                  });
}

void Commands::read_arguments(const JobPtr& job, const NodeId& property, CallMethodRequest request) {
  ReadRequest read;
  read.nodes.push_back({.node = property});
  session_.call(std::move(read), kCommandLimit,
                [this, job, request = std::move(request)](Reply<ReadResponse> reply) mutable {
                  if (!reply.ok() || reply.value.results.size() != 1)
                    return finish(job, refused("tell the method's arguments", reply.status));
                  std::vector<Argument> arguments;
                  if (const auto* list = std::get_if<Array<ExtensionObject>>(&reply.value.results[0].value.value)) {
                    for (const auto& object : *list) {
                      auto argument = unwrap<Argument>(object);
                      if (!argument) return finish(job, argument.error());
                      arguments.push_back(std::move(*argument));
                    }
                  }
                  send_call(job, std::move(request), arguments);
                });
}

void Commands::send_call(const JobPtr& job, CallMethodRequest request, std::span<const Argument> arguments) {
  auto values = to_variants(job->command.value, arguments);
  if (!values) return finish(job, values.error());
  for (auto& value : *values) request.input_arguments.push_back(std::move(value));
  CallRequest message;
  message.methods.push_back(std::move(request));
  job->sent = true;
  session_.call(std::move(message), kCommandLimit, [this, job](Reply<CallResponse> reply) {
    if (!reply.ok()) return finish_refused(job, "call", reply.status);
    if (reply.value.results.size() != 1) return finish_unknown(job);
    const auto& result = reply.value.results[0];
    if (result.status.is_bad()) return finish_refused(job, "call", result.status);
    std::string answer = "called";
    for (std::size_t i = 0; i < result.output_arguments.size() && i < 20; ++i)
      answer += (i == 0 ? "; it answered " : ", ") + value_summary(result.output_arguments[i], types_);
    finish(job, std::move(answer));
  });
}

}  // namespace hanse::connectors::opcua
