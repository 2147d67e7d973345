#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/json_schema.hpp"
#include "base/result.hpp"
#include "base/text_value.hpp"

namespace hanse::api {

enum class Method { get, post, put, patch, del };

/// Who calls: a user, a token or (later) a partner, with what it may do. Made by the node's one authoriser; handlers
/// only read it.
struct Caller {
  std::string id;  ///< As the journal names it: `user:anna`, `token:01jd...`.
  std::string name;
  std::vector<std::string> permissions;  ///< What its roles allow, as in `plant.write`.
  std::vector<std::string> sites;        ///< Sites its roles are limited to; empty for all.
};

/// What came with a request besides its input: what the authoriser decides on, and what logging in needs.
struct RequestFacts {
  Method method = Method::get;
  std::string path;           ///< Without the query.
  std::string query;          ///< As it came, without its question mark.
  std::string peer;           ///< The other end's address, without its port.
  bool secure = false;        ///< Over TLS.
  bool live = false;          ///< The opening of a WebSocket.
  std::string authorization;  ///< These are headers as they came; empty when absent.
  std::string cookie;
  std::string host;
  std::string origin;
  std::string fetch_site;  ///< Sec-Fetch-Site
  std::string csrf;        ///< X-Hanse-Csrf
  std::string range;       ///< As in `bytes=0-99` (RFC 9110, 14.2).
  std::string accept;
};

/// A request after routing, before reading: what the erased handler gets.
struct Request {
  std::map<std::string, std::string, std::less<>> parameters;  ///< From path and query, percent-decoded.
  std::string_view body;
  std::string_view content_type;
  std::optional<std::int64_t> if_match;  ///< From If-Match: the version the caller has seen.
  Caller caller;
  RequestFacts facts;
  std::stop_token stop = {};  ///< Asked to stop once the caller has gone: nobody waits for the answer any more.
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::optional<std::int64_t> version;  ///< Becomes the ETag.
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// A route's output that isn't JSON: CSV, a file, a text.
struct Raw {
  std::string content_type;
  std::string body;
  std::string file_name = {};  ///< When set, offered as a download.
};
/// An input that takes the body as it came (CSV, a file): a member `RawBody body` of the input record.
struct RawBody {
  std::string text;
  std::string content_type;
};
}  // namespace hanse::api
template <>
inline constexpr bool hanse::kOpaque<hanse::api::RawBody> = true;
namespace hanse::api {

/// Nothing to say: 204.
struct Nothing {};
HANSE_DESCRIBE(Nothing, ())

/// A record with the version it had when read: sent as the record with its ETag.
template <class T>
struct Versioned {
  T record;
  std::int64_t version = 0;
};
/// One page of a list. `next` is the cursor of the following page, absent on the last.
template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;
  BOOST_DESCRIBE_CLASS(Page, (), (items, next), (), ())
};
inline constexpr std::int64_t kPageLimitDefault = 100;
inline constexpr std::int64_t kPageLimitMax = 1000;
/// Put `std::optional<std::string> cursor` and `std::int64_t limit = kPageLimitDefault` into a list's input.

/// One operation of the interface, as a value beside its room. Parsing, validation, authorisation, problem details and
/// OpenAPI all come from it.
struct Route {
  Method method = Method::get;
  std::string path;        ///< `/api/v1/assets/{id}`
  std::string summary;     ///< One sentence.
  std::string permission;  ///< As in `plant.read`; `public` for what needs no login; `user` for any logged-in caller.
  std::function<Result<Response>(const Request&)> handle;
  std::function<std::string(const Route&, SchemaBook&)> operation;  ///< Its OpenAPI operation object.
  std::size_t body_bytes_max = 1 << 20;
  /// Of routes that a standard defines: how it writes what is wrong. Empty: as a problem document.
  std::function<Response(const Error&, int status)> problem = {};
  bool reads_query = false;  ///< The handler reads `facts.query` itself; its parameters are those of the path.
};

/// Who sends this? `unauthenticated` when nobody is logged in, which a `public` route takes as nobody in particular;
/// `forbidden` when a page of another origin sends it in a user's name. Called on the work pool, for every request.
using Authorise = std::function<Result<Caller>(const RequestFacts&)>;
/// May the caller use this route? The one place that decides; `forbidden` or `unauthenticated`.
using Permit = std::function<Result<void>(const Caller&, const Route&)>;

namespace internal {

/// Names in braces of a path template.
std::vector<std::string_view> path_names(std::string_view path);

/// What one typed route takes and gives, for the code that serves them all.
struct Shape {
  Method method = Method::get;
  std::string path;
  const RecordInfo* input = nullptr;
  const TypeInfo* output = nullptr;  ///< Null for what isn't JSON.
};

/// Reads path, query and body into `in`, a record as `shape.input` says. Errors: `invalid`, naming each wrong field.
Result<void> read_input(const Shape& shape, const Request& request, void* in);
/// The OpenAPI operation object.
std::string describe_operation(const Route& route, const Shape& shape, SchemaBook& book);

template <class T>
struct is_versioned : std::false_type {};
template <class T>
struct is_versioned<Versioned<T>> : std::true_type {};

template <class Out>
const TypeInfo* output_type() {
  if constexpr (is_versioned<Out>::value) {
    return &type_info<decltype(Out::record)>();
  } else if constexpr (std::is_same_v<Out, Nothing> || std::is_same_v<Out, Raw> || std::is_same_v<Out, Response>) {
    return nullptr;
  } else {
    return &type_info<Out>();
  }
}

Response write_raw(Raw raw);
Response write_json(const TypeInfo& type, const void* value, std::optional<std::int64_t> version);

template <class Out>
Response write_output(Out out) {
  if constexpr (std::is_same_v<Out, Nothing>) {
    return Response{.status = 204, .content_type = "", .body = ""};
  } else if constexpr (std::is_same_v<Out, Response>) {
    return out;
  } else if constexpr (std::is_same_v<Out, Raw>) {
    return write_raw(std::move(out));
  } else if constexpr (is_versioned<Out>::value) {
    return write_json(*output_type<Out>(), &out.record, out.version);
  } else {
    return write_json(*output_type<Out>(), &out, std::nullopt);
  }
}

}  // namespace internal

/// What a route is called and who may call it.
struct RouteHead {
  Method method = Method::get;
  std::string path;
  std::string summary;
  std::string permission;
  std::size_t body_bytes_max = 1 << 20;
};

/// A typed route. `In` is a described record whose members come, by name, from the path template, then from the query
/// (GET, DELETE) or the JSON body (POST, PUT, PATCH). `Out` is a described record, `Page<T>`, `Versioned<T>`, `Raw` or
/// `Nothing`. `handler` is `Result<Out>(const In&, const Context&)`.
struct Context {
  const Caller& caller;
  std::optional<std::int64_t> if_match;
  const RequestFacts* facts = nullptr;  ///< Null in tests that don't need it.
  std::stop_token stop = {};            ///< See `Request::stop`: for handlers that may take long.
};
template <class In, class Out>
Route route(RouteHead head, std::function<Result<Out>(const In&, const Context&)> handler) {
  Route made{.method = head.method,
             .path = std::move(head.path),
             .summary = std::move(head.summary),
             .permission = std::move(head.permission),
             .handle = {},
             .operation = {},
             .body_bytes_max = head.body_bytes_max};
  const internal::Shape shape{.method = made.method,
                              .path = made.path,
                              .input = &describe::RecordInfoOf<In>::value,
                              .output = internal::output_type<Out>()};
  made.operation = [shape](const Route& route, SchemaBook& book) {
    return internal::describe_operation(route, shape, book);
  };
  made.handle = [shape, handler = std::move(handler)](const Request& request) -> Result<Response> {
    In in{};
    HANSE_CHECK(internal::read_input(shape, request, &in));
    HANSE_TRY(Out out, handler(in, Context{request.caller, request.if_match, &request.facts, request.stop}));
    return internal::write_output<Out>(std::move(out));
  };
  return made;
}

}  // namespace hanse::api
