#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "connectors/opcua/model/type_book.hpp"
#include "connectors/opcua/model/type_dictionary.hpp"
#include "connectors/opcua/session/session.hpp"

namespace hanse::connectors::opcua {

/// Learns structures from the type dictionaries of a server that has no DataTypeDefinition (before 1.04): from the
/// encoding that a value names by HasDescription to its description, from there up to the dictionary, which is read
/// once. What a structure holds of other namespaces comes from their dictionaries. A type whose way breaks off stays
/// unknown. No socket, no clock.
class Dictionaries {
 public:
  static constexpr std::size_t kEncodingsMax = 500, kDictionariesMax = 20;

  explicit Dictionaries(Session& session) : session_(session) {}
  /// Adds what is found for `encodings` to `book`. `done` gets what went wrong with a dictionary, for people. The
  /// object and the book must stay until well after it.
  void start(std::vector<NodeId> encodings, TypeBook& book,
             std::function<void(std::vector<std::string> troubles)> done);

 private:
  struct Wanted {
    NodeId encoding, description, dictionary;
    std::string name;  ///< Of the type in its dictionary.
  };
  void find_descriptions();
  void find_dictionaries();
  void read_names();
  void read_dictionary();
  void take_dictionary(const NodeId& dictionary, const DataValue& value);
  void find_held();
  std::set<std::string> add_held();
  void list_others();
  void name_others(std::vector<NodeId> dictionaries);
  bool queue_others(const std::set<std::string>& lacking);
  void end();

  Session& session_;
  TypeBook* book_ = nullptr;
  std::function<void(std::vector<std::string> troubles)> done_;
  std::vector<Wanted> wanted_;
  std::vector<NodeId> unread_;
  std::vector<NodeId> read_;            ///< Dictionaries, whatever came of it.
  std::vector<TypeDictionary> parsed_;  ///< While they are looked through.
  struct Other {
    NodeId dictionary;
    std::string space;  ///< Empty: the server doesn't say.
  };
  std::vector<Other> others_;  ///< All that the server has.
  bool listed_ = false;        ///< `others_` was asked for.
  std::vector<std::string> troubles_;
};

}  // namespace hanse::connectors::opcua
