#include "connectors/mtconnect/agent_session.hpp"
#include "connectors/mtconnect/multipart.hpp"
#include "net/http_reply.hpp"
#include "node/replay/player.hpp"

namespace hanse::node::replay {

namespace mtconnect = connectors::mtconnect;

namespace {

/// The documents of one recorded answer: the body, or the parts of a stream. A recording may end anywhere.
Result<std::vector<std::string>> documents_of(const std::string& answer) {
  if (!answer.starts_with("HTTP/")) return std::vector<std::string>{answer};
  net::HttpReplyReader reader{false};
  HANSE_CHECK(reader.feed(answer));
  if (!reader.has_head()) return fail(ErrorCode::invalid, "an HTTP answer ends within its head");
  auto body = reader.take_body();
  const auto boundary = mtconnect::multipart_boundary(reader.head().find("content-type"));
  if (!boundary) return std::vector<std::string>{std::move(body)};
  std::vector<std::string> documents;
  mtconnect::MultipartReader parts{*boundary};
  parts.feed(body);
  for (;;) {
    HANSE_TRY(auto document, parts.next());
    if (!document) return documents;
    documents.push_back(*std::move(document));
  }
}

/// The newest time in a document, which is when it was sent, near enough.
Timestamp time_of(const mtconnect::Document& document, Timestamp otherwise) {
  Timestamp newest = otherwise;
  if (const auto* streams = std::get_if<mtconnect::Streams>(&document)) {
    for (const auto& observation : streams->observations) newest = std::max(newest, observation.time);
  }
  return newest;
}

}  // namespace

Result<void> play_agent(const std::vector<std::string>& answers, Player& player) {
  std::vector<mtconnect::Document> documents;
  Timestamp now{};
  const auto is_probe = [](const mtconnect::Document& document) {
    return std::holds_alternative<mtconnect::Probe>(document);
  };
  for (const auto& answer : answers) {
    HANSE_TRY(auto texts, documents_of(answer));
    for (auto& text : texts) {
      const auto sample = text.substr(0, 200);
      auto document = mtconnect::parse_document(std::move(text));
      if (!document) {
        player.notice({.kind = connectors::NoticeKind::rejected,
                       .time = now,
                       .message = document.error().message,
                       .sample = sample});
        continue;
      }
      documents.push_back(*std::move(document));
    }
  }
  // The devices come first, as a client asks for them first, wherever the recording has them.
  std::stable_partition(documents.begin(), documents.end(), is_probe);
  if (documents.empty() || !is_probe(documents.front())) {
    return fail(ErrorCode::invalid, "the recording has no answer to probe, which tells what the values are");
  }
  mtconnect::Translator translator{player};
  mtconnect::AgentSession session{{}, translator, player};
  session.begin();
  for (auto& document : documents) {
    now = time_of(document, now);
    if (now.ns != 0 && !player.pace(now)) return {};
    player.count_message();
    HANSE_CHECK(session.on_document(std::move(document), now));
  }
  return {};
}

}  // namespace hanse::node::replay
