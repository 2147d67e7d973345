#include "historian/cursor.hpp"

namespace hanse::historian {

Result<const signal::Sample*> Cursor::next() {
  if (at_ == page_.samples.size()) {
    if (last_page_ || range_.begin >= range_.end) return nullptr;
    HANSE_TRY(page_, history_.raw(signal_, range_, kPage, stop_));
    at_ = 0;
    last_page_ = page_.samples.size() < kPage;
    if (page_.samples.empty()) return nullptr;
    range_.begin = page_.samples.back().time + 1ns;
  }
  return &page_.samples[at_++];
}

}  // namespace hanse::historian
