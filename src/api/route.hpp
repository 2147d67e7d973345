#pragma once

#include <functional>
#include <map>
#include <optional>
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
};

/// A request after routing, before reading: what the erased handler gets.
struct Request {
  std::map<std::string, std::string, std::less<>> parameters;  ///< From path and query, percent-decoded.
  std::string_view body;
  std::string_view content_type;
  std::optional<std::int64_t> if_match;  ///< From If-Match: the version the caller has seen.
  Caller caller;
  RequestFacts facts;
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
  std::function<std::string(SchemaBook&)> operation;  ///< Its OpenAPI operation object.
  std::size_t body_bytes_max = 1 << 20;
};

/// Who sends this? `unauthenticated` when nobody is logged in, which a `public` route takes as nobody in particular;
/// `forbidden` when a page of another origin sends it in a user's name. Called on the work pool, for every request.
using Authorise = std::function<Result<Caller>(const RequestFacts&)>;
/// May the caller use this route? The one place that decides; `forbidden` or `unauthenticated`.
using Permit = std::function<Result<void>(const Caller&, const Route&)>;

namespace internal {

/// Names in braces of a path template.
std::vector<std::string_view> path_names(std::string_view path);
bool is_path_name(std::string_view path, std::string_view name);
Result<JsonDocument> parse_body(const Request& request);
std::string operation_json(const Route& route, std::string_view parameters, std::string_view request_body,
                           std::string_view response);
std::string parameter_json(std::string_view name, bool in_path, bool required, const std::string& schema,
                           std::string_view summary);
inline bool has_body(Method method) {
  return method == Method::post || method == Method::put || method == Method::patch;
}

template <class T>
struct is_versioned : std::false_type {};
template <class T>
struct is_versioned<Versioned<T>> : std::true_type {};

/// Reads path and query parameters into the members they name.
template <class In>
void read_parameters(const Route& route, const Request& request, In& in, std::vector<FieldError>& errors) {
  std::vector<std::string_view> known;
  describe::for_each_member(in, [&](std::string_view name, auto& member) {
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (!std::is_same_v<Member, RawBody>) {
      known.push_back(name);
      const auto note = describe::note_of<In>(name);
      const auto text = request.parameters.find(name);
      if (text == request.parameters.end()) {
        const bool from_body = has_body(route.method) && !is_path_name(route.path, name);
        if (note.required && !from_body) errors.push_back({std::string{name}, "is required"});
      } else if (auto read = parse_text(text->second, member, note); !read) {
        errors.push_back({std::string{name}, read.error().message});
      }
    }
  });
  for (const auto& [name, value] : request.parameters) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      errors.push_back({name, unknown_name("parameter", name, known)});
    }
  }
}

/// Reads the body's members; those that the path gave may be absent there, and win when both are.
template <class In>
Result<void> read_body(const Route& route, const Request& request, In& in) {
  HANSE_TRY(const auto document, parse_body(request));
  JsonReader reader{UnknownMembers::refuse};
  In from_body{};
  reader.read(document.root(), from_body);
  std::vector<FieldError> errors;
  for (auto& error : reader.take_errors()) {
    if (error.message == "is required" && is_path_name(route.path, error.path)) continue;
    errors.push_back(std::move(error));
  }
  if (!errors.empty()) return fail(ErrorCode::invalid, "the request has wrong fields", std::move(errors));
  boost::mp11::mp_for_each<describe::Members<In>>([&](auto member) {
    if (!request.parameters.contains(std::string_view{member.name})) {
      in.*member.pointer = std::move(from_body.*member.pointer);
    }
  });
  return {};
}

template <class In>
constexpr bool takes_raw_body() {
  bool found = false;
  boost::mp11::mp_for_each<describe::Members<In>>([&](auto member) {
    using Member = std::remove_cvref_t<decltype(std::declval<In&>().*member.pointer)>;
    found = found || std::is_same_v<Member, RawBody>;
  });
  return found;
}

template <class In>
Result<In> read_input(const Route& route, const Request& request) {
  In in{};
  std::vector<FieldError> errors;
  read_parameters(route, request, in, errors);
  if (!errors.empty()) return fail(ErrorCode::invalid, "the request has wrong parameters", std::move(errors));
  if constexpr (takes_raw_body<In>()) {
    boost::mp11::mp_for_each<describe::Members<In>>([&](auto member) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(in.*member.pointer)>, RawBody>) {
        in.*member.pointer = RawBody{std::string{request.body}, std::string{request.content_type}};
      }
    });
  } else if (has_body(route.method) && !boost::mp11::mp_empty<describe::Members<In>>::value) {
    HANSE_CHECK(read_body(route, request, in));
  }
  return in;
}

template <class Out>
Response write_output(Out&& out) {
  using Type = std::remove_cvref_t<Out>;
  if constexpr (std::is_same_v<Type, Nothing>) {
    return Response{.status = 204, .content_type = "", .body = ""};
  } else if constexpr (std::is_same_v<Type, Response>) {
    return std::forward<Out>(out);
  } else if constexpr (std::is_same_v<Type, Raw>) {
    Response response{.content_type = std::move(out.content_type), .body = std::move(out.body)};
    if (!out.file_name.empty()) {
      response.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + out.file_name + '"');
    }
    return response;
  } else if constexpr (is_versioned<Type>::value) {
    return Response{.body = to_json(out.record), .version = out.version};
  } else {
    return Response{.body = to_json(out)};
  }
}

template <class In>
std::string describe_parameters(const Route& route, SchemaBook& book) {
  std::string parameters;
  boost::mp11::mp_for_each<describe::Members<In>>([&](auto member) {
    using Member = std::remove_cvref_t<decltype(std::declval<In&>().*member.pointer)>;
    const bool in_path = is_path_name(route.path, member.name);
    if constexpr (!std::is_same_v<Member, RawBody>) {
      if (in_path || !has_body(route.method) || takes_raw_body<In>()) {
        const auto note = describe::note_of<In>(member.name);
        parameters += parameters.empty() ? "" : ",";
        parameters += parameter_json(member.name, in_path, in_path || note.required,
                                     book.schema<Member>(SchemaBook::Use::input), note.summary);
      }
    }
  });
  return parameters;
}

template <class In, class Out>
std::string describe_operation(const Route& route, SchemaBook& book) {
  std::string body;
  if constexpr (takes_raw_body<In>()) {
    body = R"({"content":{"*/*":{"schema":{"type":"string"}}}})";
  } else if constexpr (!boost::mp11::mp_empty<describe::Members<In>>::value) {
    if (has_body(route.method)) {
      body = R"({"required":true,"content":{"application/json":{"schema":)" + book.schema<In>(SchemaBook::Use::input) +
             "}}}";
    }
  }
  std::string response;
  if constexpr (is_versioned<Out>::value) {
    response = book.schema<decltype(Out::record)>(SchemaBook::Use::output);
  } else if constexpr (!std::is_same_v<Out, Nothing> && !std::is_same_v<Out, Raw> && !std::is_same_v<Out, Response>) {
    response = book.schema<Out>(SchemaBook::Use::output);
  }
  return operation_json(route, describe_parameters<In>(route, book), body, response);
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
  const Route shape = made;
  made.handle = [shape, handler = std::move(handler)](const Request& request) -> Result<Response> {
    HANSE_TRY(const In in, internal::read_input<In>(shape, request));
    HANSE_TRY(Out out, handler(in, Context{request.caller, request.if_match, &request.facts}));
    return internal::write_output(std::move(out));
  };
  made.operation = [shape](SchemaBook& book) { return internal::describe_operation<In, Out>(shape, book); };
  return made;
}

}  // namespace hanse::api
