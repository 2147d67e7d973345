#pragma once

#include <stop_token>

#include "net/http_server.hpp"
#include "net/internal/answer.hpp"

namespace hanse::net::internal {

/// A routed request with its body, ready for the work pool.
struct RoutedRequest {
  api::RouteMatch match;
  api::RequestFacts facts;
  std::string_view query;
  std::string_view body;
  std::string_view content_type;
  std::string_view if_match;
  AnswerWish wish;
  std::stop_token stop = {};
};

/// Who calls, may he, what does he want, what comes of it. Runs on the work pool. What a handler throws is a bug of
/// Hanse, answered with 500 and logged: it must not stop the collection of data.
Answer dispatch(const HttpServerParts& parts, const RoutedRequest& request);

/// The answer where no route is: a file of the page, or what is wrong with the address.
Answer answer_without_route(const HttpServerParts& parts, const api::RouteMatch& match, const api::RequestFacts& facts,
                            const AnswerWish& wish);
/// As the route's standard writes it, if it has one.
Answer problem_answer(const Error& error, int status, const api::Route* route = nullptr);

}  // namespace hanse::net::internal
