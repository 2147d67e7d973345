#pragma once

#include <stop_token>

#include "historian/historian.hpp"

namespace hanse::historian {

/// One signal's samples in order, page by page, so that any range takes bounded memory.
class Cursor {
 public:
  Cursor(Historian& history, SignalId signal, TimeRange range, std::stop_token stop = {})
      : history_(history), signal_(signal), range_(range), stop_(std::move(stop)) {}

  /// The next sample, or null at the end. Valid until the next call. Errors: those of `Historian::raw`.
  Result<const signal::Sample*> next();
  /// Of the sample that `next` gave.
  std::string_view text(const signal::Sample& sample) const { return page_.text(sample); }

 private:
  static constexpr std::size_t kPage = 65'536;
  Historian& history_;
  SignalId signal_;
  TimeRange range_;
  std::stop_token stop_;
  SampleBatch page_;
  std::size_t at_ = 0;
  bool last_page_ = false;
};

}  // namespace hanse::historian
