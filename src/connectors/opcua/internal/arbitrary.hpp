#pragma once

#include "base/random.hpp"
#include "connectors/opcua/codec/types.hpp"

// Any value of each built-in type, for property tests.

namespace hanse::connectors::opcua::internal {

Variant arbitrary_variant(Random& random, int depth);

template <class T>
T arbitrary(Random& random, int depth) {
  const auto text = [&random] {
    std::string out;
    for (auto left = random.integer(1, 8); left > 0; --left) out += static_cast<char>(random.integer(32, 126));
    return out;
  };
  if constexpr (std::is_same_v<T, bool>)
    return random.chance(0.5);
  else if constexpr (std::is_floating_point_v<T>)
    return static_cast<T>(random.normal(0, 1000));
  else if constexpr (std::is_integral_v<T>)
    return static_cast<T>(random());
  else if constexpr (std::is_convertible_v<T, std::string_view>) {
    T out{random.chance(0.2) ? std::string{} : text()};
    out.empty_not_null = out.empty() && random.chance(0.5);
    return out;
  } else if constexpr (std::is_same_v<T, DateTime>)
    return DateTime{static_cast<std::int64_t>(random())};
  else if constexpr (std::is_same_v<T, Guid>) {
    return Guid{static_cast<std::uint32_t>(random()),
                static_cast<std::uint16_t>(random()),
                static_cast<std::uint16_t>(random()),
                {1, 2, 3, 4, 5, 6, 7, 255}};
  } else if constexpr (std::is_same_v<T, StatusCode>)
    return StatusCode{static_cast<std::uint32_t>(random())};
  else if constexpr (std::is_same_v<T, NodeId>) {
    NodeId out{static_cast<std::uint16_t>(random.integer(0, 400)),
               static_cast<std::uint32_t>(random() >> random.integer(32, 63))};
    if (random.chance(0.3))
      out.id = arbitrary<String>(random, depth);
    else if (random.chance(0.2))
      out.id = arbitrary<Guid>(random, depth);
    else if (random.chance(0.2))
      out.id = arbitrary<ByteString>(random, depth);
    return out;
  } else if constexpr (std::is_same_v<T, ExpandedNodeId>) {
    ExpandedNodeId out{
        .node = arbitrary<NodeId>(random, depth), .namespace_uri = arbitrary<String>(random, depth), .server_index = 0};
    if (random.chance(0.3)) out.server_index = static_cast<std::uint32_t>(random.integer(1, 9));
    return out;
  } else if constexpr (std::is_same_v<T, QualifiedName>)
    return QualifiedName{static_cast<std::uint16_t>(random()), arbitrary<String>(random, depth)};
  else if constexpr (std::is_same_v<T, LocalizedText>)
    return LocalizedText{arbitrary<String>(random, depth), arbitrary<String>(random, depth)};
  else if constexpr (std::is_same_v<T, ExtensionObject>) {
    ExtensionObject out{.type_id = arbitrary<NodeId>(random, depth), .encoding = {}, .body = {}};
    out.encoding = static_cast<ExtensionObject::Encoding>(random.integer(0, 2));
    if (out.encoding != ExtensionObject::Encoding::none) out.body = arbitrary<ByteString>(random, depth);
    return out;
  } else if constexpr (std::is_same_v<T, Variant>)
    return arbitrary_variant(random, depth + 1);
  else if constexpr (std::is_same_v<T, DataValue>) {
    DataValue out;
    out.has_value = random.chance(0.8);
    if (out.has_value) out.value = arbitrary_variant(random, depth + 1);
    if (random.chance(0.5)) out.status = arbitrary<StatusCode>(random, depth);
    if (random.chance(0.5)) out.source_time = arbitrary<DateTime>(random, depth);
    if (random.chance(0.5)) out.server_time = arbitrary<DateTime>(random, depth);
    if (random.chance(0.2)) out.source_picoseconds = static_cast<std::uint16_t>(random());
    if (random.chance(0.2)) out.server_picoseconds = static_cast<std::uint16_t>(random());
    return out;
  } else {
    static_assert(std::is_same_v<T, DiagnosticInfo>);
    DiagnosticInfo out;
    if (random.chance(0.3)) out.symbolic_id = static_cast<std::int32_t>(random());
    if (random.chance(0.3)) out.localized_text = static_cast<std::int32_t>(random());
    if (random.chance(0.3)) out.locale = static_cast<std::int32_t>(random());
    if (random.chance(0.3)) out.additional_info = arbitrary<String>(random, depth);
    if (random.chance(0.3)) out.inner_status = arbitrary<StatusCode>(random, depth);
    if (depth < 4 && random.chance(0.3)) out.inner = arbitrary<DiagnosticInfo>(random, depth + 1);
    return out;
  }
}

template <std::size_t Position>
void arbitrary_content(Random& random, int depth, Variant& out) {
  using Content = std::variant_alternative_t<Position, Variant::Value>;
  if constexpr (std::is_same_v<Content, std::monostate> || std::is_same_v<Content, Nothing>) {
    out.value = std::monostate{};
  } else if constexpr (requires(Content content) { *content; } && !std::is_convertible_v<Content, std::string_view>) {
    out.value.emplace<Position>(arbitrary<std::remove_cvref_t<decltype(*std::declval<Content&>())>>(random, depth));
  } else if constexpr (Position > kBuiltins) {
    Content content;
    for (auto left = random.integer(0, depth > 2 ? 0 : 5); left > 0; --left) {
      content.push_back(arbitrary<typename Content::value_type>(random, depth + 1));
    }
    content.empty_not_null = content.empty() && random.chance(0.5);
    const auto size = static_cast<std::int32_t>(content.size());
    out.value.emplace<Position>(std::move(content));
    if (size > 0 && random.chance(0.3)) out.dimensions = {size, 1};
  } else {
    out.value.emplace<Position>(arbitrary<Content>(random, depth));
  }
}

inline Variant arbitrary_variant(Random& random, int depth) {
  Variant out;
  const auto position =
      static_cast<std::size_t>(random.integer(0, depth > 3 ? 12 : 2 * static_cast<std::int64_t>(kBuiltins)));
  [&]<std::size_t... Positions>(std::index_sequence<Positions...>) {
    ((Positions == position ? arbitrary_content<Positions>(random, depth, out) : void()), ...);
  }(std::make_index_sequence<2 * kBuiltins + 1>{});
  return out;
}

}  // namespace hanse::connectors::opcua::internal
