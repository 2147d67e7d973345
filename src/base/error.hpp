#pragma once

#include <string>
#include <vector>

namespace hanse {

/// A code exists because a caller acts on it; the comment says how.
enum class ErrorCode {
  invalid,          ///< The input is wrong: say where, let the sender correct it.
  not_found,        ///< There is no such thing.
  conflict,         ///< Somebody else changed it first, or it exists already: read again, decide again.
  forbidden,        ///< Known caller, not allowed.
  unauthenticated,  ///< Unknown caller: log in.
  too_large,        ///< Over a limit that the message names.
  unavailable,      ///< Not now; trying again later can help.
  timeout,          ///< No answer in time; whether it happened is unknown.
  corrupt,          ///< Stored or received bytes are damaged.
};

/// One thing wrong with one field of an input.
struct FieldError {
  std::string path;     ///< Where, as in `sites[2].capacity`; empty for the whole.
  std::string message;  ///< What would be right, as in `must be > 0`.
  friend bool operator==(const FieldError&, const FieldError&) = default;
};

/// What went wrong: a code for programs and one sentence for a person that names the thing that failed.
struct Error {
  ErrorCode code = ErrorCode::invalid;
  std::string message;
  std::vector<FieldError> fields = {};
  friend bool operator==(const Error&, const Error&) = default;
};

/// The code's name as in `not_found`.
std::string to_string(ErrorCode code);
/// The sentence, then each field on the same line: for logs and consoles.
std::string to_string(const Error& error);

}  // namespace hanse
