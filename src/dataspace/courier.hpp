#pragma once

#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace hanse::dataspace {

/// One call to a partner.
struct Outbound {
  std::string id;  ///< Of the outbox entry: the outcome names it.
  std::string partner;
  std::string method = "POST";
  std::string url;
  std::string authorization;  ///< The header's value; empty for none.
  std::string content_type = "application/json";
  std::string body;
};
/// How it went: an HTTP status and body, or what broke.
struct Outcome {
  int status = 0;  ///< 0 when there was no answer.
  std::string body;
  std::string error;
  std::string content_type = {};
  std::string link = {};           ///< The Link header: where the next page is.
  std::string content_range = {};  ///< As in `bytes 0-99/1000`.
};

/// Carries messages to partners; the node has one over HTTP, tests one over memory.
class Courier {
 public:
  virtual ~Courier() = default;
  /// Sends it, later and elsewhere; never blocks. The outcome comes back through `Connector::settle`.
  virtual void send(Outbound message) = 0;
  /// `Connector::wake` must be called at `when` or soon after; a later call with an earlier time counts as well.
  virtual void wake_at(Timestamp when) = 0;
};

}  // namespace hanse::dataspace
