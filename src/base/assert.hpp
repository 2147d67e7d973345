#pragma once

namespace hanse::internal {
/// Prints what was broken and where to standard error and stops the process.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}  // namespace hanse::internal

/// A bug in Hanse stops the process, in every build: going on would write what nobody can trust.
/// What can go wrong outside (input, disk, network) is a `Result`, never an assertion.
#define HANSE_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::hanse::internal::assertion_failed(#condition, __FILE__, __LINE__))
