#pragma once

#include "connectors/opcua/server/server.hpp"

// What the files of the server's services share, and nobody else sees.

namespace hanse::connectors::opcua {

struct Server::Peer {
  ConnectionId id = 0;
  std::string address;
  ServerConnection connection;
  bool deciding = false;              ///< Somebody's log-in is being decided:
  std::vector<IncomingMessage> held;  ///< what came meanwhile is answered after it.
  std::size_t held_bytes = 0;
};

/// One request on its way.
struct Server::Call {
  Peer& peer;
  std::uint32_t request_id = 0;
  std::string_view body;
};

/// Calls `answer(request)` when this is such a request. True when it was, even if it couldn't be read.
template <class Request, class Answer>
bool Server::serve(Call& call, Answer answer) {
  if (message_id(call.body) != Request::kBinaryId) return false;
  const auto request = decode_message<Request>(call.body);
  if (request) {
    answer(*request);
  } else {
    call.peer.connection.fault(call.request_id, 0, status::kBadDecodingError);
  }
  return true;
}

/// For services within a session that answer at once: a bad result becomes a fault.
template <class Request>
bool Server::in_session(Call& call, typename Request::Response (Server::*service)(ServerSession&, const Request&)) {
  return serve<Request>(call, [&](const Request& request) {
    StatusCode why;
    auto* session = session_of(call, request.header, true, why);
    if (!session) return call.peer.connection.fault(call.request_id, request.header.request_handle, why);
    auto response = (this->*service)(*session, request);
    const auto result = response.header.service_result;
    if (result.is_bad()) return call.peer.connection.fault(call.request_id, request.header.request_handle, result);
    call.peer.connection.answer(call.request_id, request.header.request_handle, std::move(response));
  });
}

/// The check that all services with a list make. Source: OPC 10000-4, 7.39.
template <class List>
StatusCode check_count(const List& list) {
  if (list.empty()) return status::kBadNothingToDo;
  return list.size() > kNodesPerCall ? status::kBadTooManyOperations : status::kGood;
}

}  // namespace hanse::connectors::opcua
