#pragma once

#include <deque>
#include <functional>
#include <unordered_set>

#include "connectors/opcua/session/session.hpp"

namespace hanse::connectors::opcua {

/// A variable that a browse came by.
struct FoundVariable {
  NodeId node;
  std::string path;                ///< Browse names below the root, with slashes.
  std::uint16_t space = 0;         ///< Namespace index of its own browse name,
  std::uint16_t parent_space = 0;  ///< and of its parent's: where companion specifications show.
  NodeId units;                    ///< Its EngineeringUnits property; null for none.
};

struct BrowseOptions {
  std::size_t variables_max = 2000;
  std::size_t nodes_per_request = 100;
  std::size_t parallel = 4;             ///< Requests under way at once.
  std::uint32_t references_max = 1000;  ///< In one answer for one node; more come by continuation point.
  std::size_t depth_max = 30;
};

/// Walks a server's objects and variables down from a root, several requests at a time; each node once, however many
/// ways lead to it. Memory is bounded: what waits is limited, and a continuation point is used or released at once.
class Browse {
 public:
  struct Result {
    std::vector<FoundVariable> variables;
    std::size_t nodes = 0;  ///< Looked at.
    bool complete = true;   ///< False when a limit cut it short.
  };
  using Done = std::move_only_function<void(hanse::Result<Result> result)>;
  Browse(Session& session, BrowseOptions options) : session_(session), options_(options) {}

  /// Walks below `root`; below the standard's Objects folder the server's own description is left out.
  void start(const NodeId& root, Done done);

 private:
  struct Waiting {
    NodeId node;
    std::string path;
    std::uint16_t space = 0;
    std::uint8_t depth = 0;
    std::int32_t variable = -1;  ///< Its position in the result, to hang properties on.
  };
  void pump();
  void send(std::vector<Waiting> batch);
  void answered(std::vector<Waiting> batch, Reply<BrowseResponse> reply);
  void take(const Waiting& parent, BrowseResult& result);
  void take_reference(const Waiting& parent, const ReferenceDescription& reference);
  void go_on(Waiting parent, ByteString continuation_point);
  void release(ByteString continuation_point);
  bool is_full() const { return result_.variables.size() >= options_.variables_max; }
  void finish_if_done();
  void fail_with(StatusCode status);

  Session& session_;
  BrowseOptions options_;
  Done done_;
  std::deque<Waiting> waiting_;
  std::unordered_set<std::size_t> seen_;  ///< Hashes of node ids: 64 bits tell 100,000 apart.
  Result result_;
  std::size_t under_way_ = 0;
};

}  // namespace hanse::connectors::opcua
