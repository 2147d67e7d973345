#pragma once

#include <expected>
#include <utility>

#include "base/error.hpp"

namespace hanse {

/// A value or an `Error`. A class and not an alias, because GCC 12 lets a plain alias be dropped in silence.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error error)
      : std::expected<T, Error>(std::unexpect, std::move(error)) {}  // NOLINT(google-explicit-constructor)
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
 public:
  using std::expected<void, Error>::expected;
  Result(Error error)
      : std::expected<void, Error>(std::unexpect, std::move(error)) {}  // NOLINT(google-explicit-constructor)
};

/// `return fail(ErrorCode::not_found, "there is no asset 'press-4'");`
inline Error fail(ErrorCode code, std::string message) { return Error{.code = code, .message = std::move(message)}; }
inline Error fail(ErrorCode code, std::string message, std::vector<FieldError> fields) {
  return Error{.code = code, .message = std::move(message), .fields = std::move(fields)};
}

}  // namespace hanse

#define HANSE_CONCAT_(a, b) a##b
#define HANSE_CONCAT(a, b) HANSE_CONCAT_(a, b)

/// `HANSE_TRY(auto frame, decode(bytes));` declares `frame`, or returns the error of `decode` to the caller.
#define HANSE_TRY(declaration, expression) HANSE_TRY_(HANSE_CONCAT(hanse_try_, __COUNTER__), declaration, expression)
#define HANSE_TRY_(name, declaration, expression) \
  auto name = (expression);                       \
  if (!name) return std::move(name).error();      \
  declaration = *std::move(name)

/// `HANSE_CHECK(store.write(...));` returns the error of a `Result` whose value isn't needed.
#define HANSE_CHECK(expression) HANSE_CHECK_(HANSE_CONCAT(hanse_checked_, __COUNTER__), expression)
#define HANSE_CHECK_(name, expression) \
  if (auto name = (expression); !name) return std::move(name).error()

/// The same in coroutines. Name the task first (GCC 12 destroys some temporaries beside `co_await` twice):
/// `auto reply = client.send(request); HANSE_CO_TRY(auto response, co_await std::move(reply));`
#define HANSE_CO_TRY(declaration, expression) \
  HANSE_CO_TRY_(HANSE_CONCAT(hanse_try_, __COUNTER__), declaration, expression)
#define HANSE_CO_TRY_(name, declaration, expression) \
  auto name = (expression);                          \
  if (!name) co_return std::move(name).error();      \
  declaration = *std::move(name)

/// `HANSE_CHECK` in coroutines: `auto sending = stream.write(bytes, limit); HANSE_CO_CHECK(co_await
/// std::move(sending));`
#define HANSE_CO_CHECK(expression) HANSE_CO_CHECK_(HANSE_CONCAT(hanse_checked_, __COUNTER__), expression)
#define HANSE_CO_CHECK_(name, expression) \
  if (auto name = (expression); !name) co_return std::move(name).error()
