#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hanse::connectors::sparkplug {

/// What a Sparkplug topic's third level says. `host_state` is the STATE topic of a host application.
enum class MessageType { nbirth, ndata, ndeath, ncmd, dbirth, ddata, ddeath, dcmd, host_state };

/// `spBv1.0/<group>/<type>/<edge>[/<device>]` or `spBv1.0/STATE/<host>`, taken apart. Views into the topic.
struct Topic {
  MessageType type = MessageType::ndata;
  std::string_view group;
  std::string_view edge;
  std::string_view device;  ///< Empty for the edge node itself.
  std::string_view host;    ///< Of `host_state` only.
  bool old_state = false;   ///< `STATE/<host>` as before 3.0, whose payload is ONLINE or OFFLINE.
};

inline constexpr std::string_view kNamespace = "spBv1.0";  // Sparkplug 3.0.0, 4.1

/// True when the topic belongs to Sparkplug, well-formed or not: everything else is a plain topic.
bool is_sparkplug(std::string_view topic);
/// Errors: `invalid`, saying which part doesn't fit.
Result<Topic> parse_topic(std::string_view topic);
/// The topic of a message from or to `edge` (and `device`, when not empty).
std::string make_topic(std::string_view group, MessageType type, std::string_view edge, std::string_view device = {});
std::string host_state_topic(std::string_view host);
/// `NBIRTH` and so on.
std::string_view to_string(MessageType type);

}  // namespace hanse::connectors::sparkplug
