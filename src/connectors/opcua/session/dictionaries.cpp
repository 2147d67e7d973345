#include "connectors/opcua/session/dictionaries.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/opcua/codec/node_text.hpp"
#include "connectors/opcua/session/properties.hpp"

namespace hanse::connectors::opcua {
namespace {

constexpr Duration kDictionaryCallLimit = 30s;
constexpr std::uint32_t kHasDescription = 39, kHasComponent = 47, kBinarySchemas = 93;
constexpr std::size_t kNodesAtOnce = 100, kListedMax = 100;

/// From each of `nodes` along one reference, and how far that came.
struct ReferenceWalk {
  std::vector<NodeId> nodes;
  BrowseDirection direction;
  std::uint32_t reference;
  std::move_only_function<void(std::vector<NodeId> targets)> done;
  std::size_t batch = kNodesAtOnce;
  std::vector<NodeId> found;
};

void release(Session& session, const BrowseResult& result) {
  if (result.continuation_point.empty()) return;
  BrowseNextRequest request;
  request.release = true;
  request.continuation_points.push_back(result.continuation_point);
  session.call(std::move(request), kDictionaryCallLimit, [](Reply<BrowseNextResponse>) {});
}

void follow_references(Session& session, std::shared_ptr<ReferenceWalk> way) {
  const std::size_t first = way->found.size();
  if (first >= way->nodes.size()) return std::exchange(way->done, nullptr)(std::move(way->found));
  BrowseRequest request;
  const std::size_t count = std::min(way->batch, way->nodes.size() - first);
  for (std::size_t i = first; i < first + count; ++i) {
    request.nodes.push_back({.node = way->nodes[i], .direction = way->direction, .reference_type = way->reference});
  }
  session.call(std::move(request), kDictionaryCallLimit,
               [&session, way = std::move(way), count](Reply<BrowseResponse> reply) mutable {
                 if (asks_for_less(reply.status) && way->batch > 1) {
                   way->batch = std::max<std::size_t>(count / 2, 1);
                   return follow_references(session, std::move(way));
                 }
                 const auto& results = reply.value.results;
                 for (std::size_t i = 0; i < count; ++i) {
                   const bool there = i < results.size() && !results[i].references.empty();
                   way->found.push_back(there ? results[i].references.front().node.node : NodeId{});
                   if (i < results.size()) release(session, results[i]);
                 }
                 follow_references(session, std::move(way));
               });
}

}  // namespace

void Dictionaries::start(std::vector<NodeId> encodings, TypeBook& book,
                         std::function<void(std::vector<std::string> troubles)> done) {
  book_ = &book;
  done_ = std::move(done);
  wanted_.clear();
  unread_.clear();
  troubles_.clear();
  read_.clear();
  parsed_.clear();
  others_.clear();
  listed_ = false;
  if (encodings.size() > kEncodingsMax) encodings.resize(kEncodingsMax);
  for (auto& encoding : encodings)
    wanted_.push_back({.encoding = std::move(encoding), .description = {}, .dictionary = {}, .name = {}});
  find_descriptions();
}

void Dictionaries::find_descriptions() {
  auto way = std::make_shared<ReferenceWalk>();
  for (const auto& wanted : wanted_) way->nodes.push_back(wanted.encoding);
  way->direction = BrowseDirection::forward;
  way->reference = kHasDescription;
  way->done = [this](std::vector<NodeId> found) {
    for (std::size_t i = 0; i < wanted_.size(); ++i) wanted_[i].description = std::move(found[i]);
    std::erase_if(wanted_, [](const Wanted& wanted) { return wanted.description.is_null(); });
    find_dictionaries();
  };
  if (const auto limit = session_.facts().nodes_per_browse; limit != 0)
    way->batch = std::min<std::size_t>(limit, kNodesAtOnce);
  follow_references(session_, std::move(way));
}

void Dictionaries::find_dictionaries() {
  auto way = std::make_shared<ReferenceWalk>();
  for (const auto& wanted : wanted_) way->nodes.push_back(wanted.description);
  way->direction = BrowseDirection::inverse;
  way->reference = kHasComponent;
  way->done = [this](std::vector<NodeId> found) {
    for (std::size_t i = 0; i < wanted_.size(); ++i) wanted_[i].dictionary = std::move(found[i]);
    std::erase_if(wanted_, [](const Wanted& wanted) { return wanted.dictionary.is_null(); });
    read_names();
  };
  if (const auto limit = session_.facts().nodes_per_browse; limit != 0)
    way->batch = std::min<std::size_t>(limit, kNodesAtOnce);
  follow_references(session_, std::move(way));
}

void Dictionaries::read_names() {
  for (const auto& wanted : wanted_) {
    const bool known = std::ranges::find(unread_, wanted.dictionary) != unread_.end();
    if (!known && unread_.size() < kDictionariesMax) unread_.push_back(wanted.dictionary);
  }
  if (wanted_.empty()) return end();
  ReadRequest request;
  const auto limit = session_.facts().nodes_per_read;
  const std::size_t most = limit == 0 ? kEncodingsMax : std::min<std::size_t>(limit, kEncodingsMax);
  if (wanted_.size() > most) wanted_.resize(most);
  for (const auto& wanted : wanted_) request.nodes.push_back({.node = wanted.description});
  session_.call(std::move(request), kDictionaryCallLimit, [this](Reply<ReadResponse> reply) {
    for (std::size_t i = 0; i < wanted_.size() && i < reply.value.results.size(); ++i) {
      if (const auto* name = std::get_if<String>(&reply.value.results[i].value.value)) wanted_[i].name = *name;
    }
    read_dictionary();
  });
}

/// One at a time: some are as large as a server's longest answer.
void Dictionaries::read_dictionary() {
  if (unread_.empty()) return find_held();
  ReadRequest request;
  request.nodes.push_back({.node = unread_.back()});
  session_.call(std::move(request), kDictionaryCallLimit,
                [this, dictionary = std::move(unread_.back())](Reply<ReadResponse> reply) {
                  read_.push_back(dictionary);
                  if (!reply.value.results.empty()) take_dictionary(dictionary, reply.value.results.front());
                  read_dictionary();
                });
  unread_.pop_back();
}

void Dictionaries::take_dictionary(const NodeId& dictionary, const DataValue& value) {
  const auto* xml = std::get_if<ByteString>(&value.value.value);
  auto parsed = xml ? TypeDictionary::parse(*xml)
                    : Result<TypeDictionary>{fail(ErrorCode::unavailable, "the server doesn't give it")};
  if (!parsed) {
    troubles_.push_back(fmt::format("The type dictionary {} isn't used, its structures stay whole: {}.",
                                    node_text(dictionary, session_.facts().namespaces), parsed.error().message));
    return;
  }
  for (const auto& wanted : wanted_) {
    if (wanted.dictionary == dictionary && !wanted.name.empty())
      book_->add_encoding(wanted.encoding, parsed->add_to(*book_, wanted.name));
  }
  parsed_.push_back(*std::move(parsed));
}

/// What structures hold of other dictionaries than their own: those are looked for, as long as that leads on.
void Dictionaries::find_held() {
  const auto lacking = add_held();
  if (lacking.empty()) return end();
  if (!std::exchange(listed_, true)) return list_others();
  if (queue_others(lacking)) return read_dictionary();
  for (const auto& space : lacking) {
    troubles_.push_back(fmt::format(
        "Structures that hold types of '{}' stay whole: the server has no dictionary of them.", space.substr(0, 200)));
  }
  end();
}

/// From the dictionaries that were read; gives the namespaces whose dictionary wasn't.
std::set<std::string> Dictionaries::add_held() {
  std::set<std::string> lacking;
  for (bool added = true; added;) {
    added = false;
    lacking.clear();
    const auto missing = book_->missing();
    for (const auto& id : missing) {
      const auto type = dictionary_type(id);
      if (!type) continue;
      bool read = false;
      for (const auto& dictionary : parsed_) {
        if (dictionary.space() != type->space) continue;
        read = true;
        if (!dictionary.add_to(*book_, type->name).is_null()) added = true;
      }
      if (!read) lacking.emplace(type->space);
    }
  }
  return lacking;
}

void Dictionaries::list_others() {
  BrowseRequest request;
  request.nodes.push_back(
      {.node = kBinarySchemas, .direction = BrowseDirection::forward, .reference_type = kHasComponent});
  session_.call(std::move(request), kDictionaryCallLimit, [this](Reply<BrowseResponse> reply) {
    std::vector<NodeId> dictionaries;
    for (const auto& result : reply.value.results) {
      release(session_, result);
      for (const auto& reference : result.references) {
        if (dictionaries.size() < kListedMax) dictionaries.push_back(reference.node.node);
      }
    }
    name_others(std::move(dictionaries));
  });
}

void Dictionaries::name_others(std::vector<NodeId> dictionaries) {
  for (auto& dictionary : dictionaries) others_.push_back({.dictionary = dictionary, .space = {}});
  find_properties(session_, std::move(dictionaries), {"NamespaceUri"}, [this](std::vector<NodeId> properties) {
    ReadRequest request;
    for (auto& property : properties) request.nodes.push_back({.node = std::move(property)});
    session_.call(std::move(request), kDictionaryCallLimit, [this](Reply<ReadResponse> reply) {
      const auto& results = reply.value.results;
      for (std::size_t i = 0; i < others_.size() && i < results.size(); ++i) {
        if (const auto* uri = std::get_if<String>(&results[i].value.value)) others_[i].space = *uri;
      }
      find_held();
    });
  });
}

/// Those of the namespaces that lack, and those that don't say of which they are. False when there is none.
bool Dictionaries::queue_others(const std::set<std::string>& lacking) {
  for (const auto& other : others_) {
    const bool fits = other.space.empty() || lacking.contains(other.space);
    const bool was_read = std::ranges::find(read_, other.dictionary) != read_.end();
    if (fits && !was_read && read_.size() + unread_.size() < kDictionariesMax) unread_.push_back(other.dictionary);
  }
  return !unread_.empty();
}

void Dictionaries::end() {
  parsed_.clear();
  std::exchange(done_, nullptr)(std::move(troubles_));
}

}  // namespace hanse::connectors::opcua
