#include "node/replay/player.hpp"

#include "base/text.hpp"

namespace hanse::node::replay {

bool Player::pace(Timestamp time) {
  if (!began_) began_ = time;
  if (settings_.factor <= 0) return wait_(0s);
  const Duration due{static_cast<std::int64_t>(static_cast<double>((time - *began_).count()) / settings_.factor)};
  if (due <= waited_) return wait_(0s);
  const Duration pause = due - waited_;
  waited_ = due;
  return wait_(pause);
}

std::vector<signal::SignalId> Player::declare(std::span<const connectors::Declaration> declarations) {
  for (const auto& declaration : declarations) addresses_.insert(declaration.address);
  report_.addresses = static_cast<std::int64_t>(addresses_.size());
  return sink_.declare(declarations);
}

void Player::deliver(signal::SampleBatch batch) {
  for (auto& sample : batch.samples) {
    sample.time += shift();
    report_.first = std::min(report_.first.value_or(sample.time), sample.time);
    report_.last = std::max(report_.last.value_or(sample.time), sample.time);
  }
  report_.samples += static_cast<std::int64_t>(batch.samples.size());
  sink_.deliver(std::move(batch));
}

void Player::notice(connectors::Notice notice) {
  if (notice.kind == connectors::NoticeKind::rejected) ++report_.rejected;
  if (notice.kind == connectors::NoticeKind::gap) ++report_.gaps;
  notice.time += shift();
  if (notice.begin) *notice.begin += shift();
  if (notice.end) *notice.end += shift();
  sink_.notice(std::move(notice));
}

Result<std::string> from_hex(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  if (text.size() % 2 != 0) return fail(ErrorCode::invalid, "'hex' needs two digits a byte");
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return fail(ErrorCode::invalid, "'hex' has a character that is no hexadecimal digit");
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

Result<void> for_each_line(std::string_view text, const std::function<Result<void>(std::size_t, std::string_view)>& f) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    if (auto done = f(number, line); !done) {
      auto error = std::move(done).error();
      error.message = fmt::format("line {}: {}", number, error.message);
      return error;
    }
  }
  return {};
}

}  // namespace hanse::node::replay
