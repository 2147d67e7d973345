#include "connectors/mtconnect/adapter_session.hpp"

#include "connectors/mtconnect/internal/limits.hpp"
#include "connectors/mtconnect/vocabulary.hpp"

namespace hanse::connectors::mtconnect {
namespace {

constexpr std::size_t kGuessedMax = 10'000;  // An adapter that invents keys must not fill memory.
constexpr Duration kWaitMax = 1s;

ShdrShape shape_of(const DataItem& item) {
  if (item.category == Category::condition) return ShdrShape::condition;
  if (item.type == "MESSAGE" || item.type == "ALARM") return ShdrShape::message;
  switch (item.representation) {
    case Representation::time_series:
      return ShdrShape::time_series;
    case Representation::data_set:
      return ShdrShape::data_set;
    case Representation::table:
      return ShdrShape::table;
    default:
      return ShdrShape::value;
  }
}

}  // namespace

AdapterSession::AdapterSession(AdapterOptions options, Translator& translator, Sink& sink)
    : options_(std::move(options)), translator_(translator), sink_(sink) {
  shapes_ = [this](std::string_view key) {
    const auto* known = find(key);
    return known ? known->shape : ShdrShape::unknown;
  };
}

void AdapterSession::begin(Duration at) {
  reader_ = {};
  multiline_end_.clear();
  heartbeat_.reset();
  pinged_ = false;
  last_line_ = last_ping_ = at;
  learn_model();
}

void AdapterSession::learn_model() {
  keys_.clear();
  translator_.declare(options_.model, Translator::Units::adapter);
  for (const auto& device : options_.model) {
    for (const auto& item : device.items) {
      const Key key{item.id, shape_of(item)};
      for (const auto& name : {item.source, item.name, item.id}) {
        if (name.empty()) continue;
        keys_.emplace(device.name + ':' + name, key);
        keys_.emplace(name, key);  // The first device wins where names repeat: adapters mark the others.
      }
    }
  }
}

const AdapterSession::Key* AdapterSession::find(std::string_view key) const {
  const auto found = keys_.find(key);
  return found == keys_.end() ? nullptr : &found->second;
}

const AdapterSession::Key& AdapterSession::guess(const Observation& observation) {
  const std::string name{observation.item};
  auto item = guess_item(name);
  auto device = options_.device;
  if (const auto colon = name.find(':'); colon != std::string::npos) {
    device = name.substr(0, colon);
    item.name = name.substr(colon + 1);
  }
  if (observation.level != Level::none) item.category = Category::condition;
  if (keys_.size() < kGuessedMax) translator_.declare_guessed(item, device);
  const auto shape = item.category == Category::condition ? ShdrShape::condition
                     : item.type == "MESSAGE"             ? ShdrShape::message
                                                          : ShdrShape::unknown;
  return keys_.insert_or_assign(name, Key{item.id, shape}).first->second;
}

void AdapterSession::on_bytes(std::string_view bytes, Timestamp now, Duration at) {
  const auto dropped = reader_.dropped();
  reader_.feed(bytes);
  while (const auto line = reader_.next()) {
    last_line_ = at;
    on_line(*line, now);
  }
  if (reader_.dropped() != dropped) {
    ++rejected_;
    sink_.notice({.kind = NoticeKind::rejected, .time = now, .message = "a line of the adapter has over 1 MiB"});
  }
  translator_.deliver();
}

void AdapterSession::on_line(std::string_view line, Timestamp now) {
  if (!multiline_end_.empty()) {
    if (line == multiline_end_) multiline_end_.clear();
    return;
  }
  if (const auto read = parse_shdr_line(line, shapes_, now, line_); !read) {
    ++rejected_;
    sink_.notice({.kind = NoticeKind::rejected,
                  .time = now,
                  .message = read.error().message,
                  .sample = std::string{line.substr(0, kSampleBytesMax)}});
    return;
  }
  if (line_.kind == ShdrLine::Kind::pong && line_.pong) heartbeat_ = line_.pong;
  multiline_end_ = line_.multiline_end;
  if (line_.kind == ShdrLine::Kind::observations) apply(now);
}

void AdapterSession::apply(Timestamp) {
  for (auto& observation : line_.observations) {
    const auto* key = find(observation.item);
    if (!key) {
      if (keys_.size() >= kGuessedMax) continue;
      key = &guess(observation);
    }
    observation.item = key->item;
    const auto entries = std::span{line_.entries}.subspan(observation.entries_begin, observation.entries_count);
    translator_.apply(observation, entries);
  }
}

AdapterSession::Step AdapterSession::step(Duration at) {
  Step step{.wait = kWaitMax};
  const Duration limit = heartbeat_ ? *heartbeat_ * 2 : options_.silence;
  if (limit > Duration{} && at - last_line_ > limit) {
    step.dead = true;
    return step;
  }
  const bool due = !pinged_ || (heartbeat_ && at - last_ping_ >= *heartbeat_);
  if (due) {
    step.send = "* PING\n";
    pinged_ = true;
    last_ping_ = at;
  }
  if (heartbeat_) step.wait = std::clamp(*heartbeat_ - (at - last_ping_), Duration{1ms}, kWaitMax);
  return step;
}

void AdapterSession::on_lost(Timestamp now) {
  translator_.lose(now);
  translator_.deliver();
}

}  // namespace hanse::connectors::mtconnect
