#include <fmt/format.h>

#include <algorithm>

#include "twin/codec/base64.hpp"
#include "twin/model/element_path.hpp"
#include "twin/service/element_parts.hpp"
#include "twin/service/write_through.hpp"

namespace hanse::twin {
namespace {

using api::Method;
using api::Response;
using enum Class;

/// A page of a submodel's own elements.
template <class Append>
Result<Response> list_elements(Call& call, Append append) {
  HANSE_TRY(const auto wish, page_wish(call.query));
  HANSE_TRY(const auto submodel, submodel_of(call));
  const auto elements = submodel->nodes(Name::submodelElements);
  auto at = elements.begin();
  if (wish.cursor) {
    // The cursor is the name after which to go on.
    HANSE_TRY(const auto after, decode_identifier("the cursor", *wish.cursor));
    at = std::find_if(elements.begin(), elements.end(),
                      [&](const Node& each) { return each.text(Name::idShort) == after; });
    if (at == elements.end()) return fail(ErrorCode::invalid, "the cursor is not one that a page gave");
    ++at;
  }
  PagedBody body;
  std::string last;
  for (std::int64_t n = 0; at != elements.end() && n < wish.limit; ++at, ++n) {
    append(body, *submodel, *at);
    last = at->text(Name::idShort);
  }
  return json_response(
      std::move(body).finish(at == elements.end() ? std::nullopt : std::optional{encode_base64url(last)}));
}

Result<Response> list_normal(Call& call) {
  HANSE_TRY(auto shape, shape_wish(call.query));
  const auto live = call.twins.live();
  shape.live = &live;
  return list_elements(
      call, [&](PagedBody& body, const Node&, const Node& each) { append_normal(body.next_item(), each, shape); });
}
Result<Response> list_metadata(Call& call) {
  return list_elements(call,
                       [](PagedBody& body, const Node&, const Node& each) { append_metadata(body.next_item(), each); });
}
Result<Response> list_values(Call& call) {
  HANSE_TRY(auto shape, shape_wish(call.query));
  const auto live = call.twins.live();
  shape.live = &live;
  return list_elements(call, [&](PagedBody& body, const Node&, const Node& each) {
    std::string value;
    if (!append_value(value, each, shape)) return;
    auto& out = body.next_item();
    out += '{';
    json::append_string(out, each.text(Name::idShort));
    out += ':';
    out += value;
    out += '}';
  });
}
Result<Response> list_references(Call& call) {
  return list_elements(call, [](PagedBody& body, const Node& submodel, const Node& each) {
    append_json(body.next_item(), reference_to(submodel, {std::string{each.text(Name::idShort)}}));
  });
}
Result<Response> list_paths(Call& call) {
  HANSE_TRY(const auto shape, shape_wish(call.query));
  return list_elements(call, [&](PagedBody& body, const Node&, const Node& each) {
    for (const auto& path : paths_of(each, shape.level)) json::append_string(body.next_item(), path);
  });
}

std::string element_address(const Call& call, const ElementPath& path) {
  return fmt::format("{}/submodel-elements/{}", full_path(call, "submodels", call.name("sm")), to_string(path));
}

/// Puts a new element into `parent`. Errors: `conflict` when there is one of its name; `invalid` for what has no
/// children.
Result<void> add_child(Node& parent, Node child) {
  const auto attribute = children_attribute(parent.of());
  if (!attribute) return fail(ErrorCode::invalid, fmt::format("{} holds no elements", info(parent.of()).name));
  const auto have = parent.nodes(*attribute);
  const auto name = child.text(Name::idShort);
  if (parent.of() != SubmodelElementList &&
      std::any_of(have.begin(), have.end(), [&](const Node& each) { return each.text(Name::idShort) == name; })) {
    return fail(ErrorCode::conflict, fmt::format("there is an element '{}' already", name));
  }
  if (parent.of() == AnnotatedRelationshipElement && !child.is(DataElement))
    return fail(ErrorCode::invalid, "an annotation must be a data element");
  parent.add(*attribute, std::move(child));
  return {};
}

Result<Response> post_element(Call& call) {
  HANSE_CHECK(submodel_of(call));
  HANSE_TRY(const auto element, read_body(call, SubmodelElement));
  ElementPath path;
  if (call.names.contains("path")) {
    HANSE_TRY(path, parse_element_path(call.name("path")));
  }
  HANSE_CHECK(call.twins.change(call.actor(), Submodel, call.name("sm"), [&](Node& submodel) -> Result<void> {
    auto* parent = find_element(submodel, path);
    if (!parent) return no_element(call);
    if (parent->of() != SubmodelElementList && !element.has(Name::idShort))
      return fail(ErrorCode::invalid, "an element outside a list must have an idShort (AASd-117)");
    return add_child(*parent, element);
  }));
  path.emplace_back(std::string{element.text(Name::idShort)});
  return created(call, element_address(call, path), write_json(element));
}

Result<Response> get_element(Call& call) {
  HANSE_TRY(auto shape, shape_wish(call.query));
  HANSE_TRY(const auto found, element_of(call));
  const auto live = call.twins.live();
  shape.live = &live;
  std::string body;
  append_normal(body, *found.element, shape);
  return json_response(std::move(body));
}

Result<Response> put_element(Call& call) {
  HANSE_CHECK(submodel_of(call));
  HANSE_TRY(const auto element, read_body(call, SubmodelElement));
  HANSE_TRY(const auto path, parse_element_path(call.name("path")));
  bool is_new = false;
  HANSE_CHECK(call.twins.change(call.actor(), Submodel, call.name("sm"), [&](Node& submodel) -> Result<void> {
    const auto* name = std::get_if<std::string>(&path.back());
    auto* present = find_element(submodel, path);
    is_new = !present;
    if (present) {
      auto replacement = element;
      if (name && !replacement.has(Name::idShort)) replacement.set(Name::idShort, *name);
      *present = std::move(replacement);
      return {};
    }
    // What is there may be renamed by it; what is new is what the path says.
    if (name && element.text(Name::idShort) != *name)
      return fail(ErrorCode::invalid, "the body's idShort must be that of the path");
    auto* parent = find_element(submodel, {path.begin(), path.end() - 1});
    if (!parent) return no_element(call);
    return add_child(*parent, element);
  }));
  if (!is_new) return no_content();
  return created(call, element_address(call, path), write_json(element));
}

Result<Response> delete_element(Call& call) {
  HANSE_CHECK(submodel_of(call));
  HANSE_TRY(const auto path, parse_element_path(call.name("path")));
  HANSE_CHECK(call.twins.change(call.actor(), Submodel, call.name("sm"), [&](Node& submodel) -> Result<void> {
    if (!remove_element(submodel, path)) return no_element(call);
    return {};
  }));
  return no_content();
}

Result<Response> patch(Call& call, bool metadata) {
  HANSE_TRY(const auto found, element_of(call));
  Findings findings;
  auto node = read_json(call.request.body, SubmodelElement, {}, findings);
  HANSE_CHECK(findings.as_result("the body"));
  if (!node || node->of() != found.element->of())
    return fail(ErrorCode::invalid, fmt::format("the body must be a {}", info(found.element->of()).name));
  if (metadata) strip_values(*node);
  HANSE_CHECK(change_element(call, found.path, [&](Node& element) -> Result<void> {
    if (node->has(Name::idShort) && node->text(Name::idShort) != element.text(Name::idShort))
      return fail(ErrorCode::invalid, "the body's idShort must be that of the path");
    merge(element, *node);
    return {};
  }));
  return no_content();
}
Result<Response> patch_element(Call& call) { return patch(call, false); }
Result<Response> patch_metadata(Call& call) { return patch(call, true); }

Result<Response> get_metadata(Call& call) {
  HANSE_TRY(const auto level, call.query.one("level"));
  HANSE_TRY(const auto extent, call.query.one("extent"));
  if ((level && *level != "core") || (extent && *extent != "withoutBlobValue"))
    return fail(ErrorCode::invalid, "metadata takes neither 'level' nor 'extent'");
  HANSE_TRY(const auto found, element_of(call));
  if (found.element->of() == Capability || found.element->of() == Operation)
    return fail(ErrorCode::invalid,
                fmt::format("{} has no values, so no metadata apart", info(found.element->of()).name));
  std::string body;
  append_metadata(body, *found.element);
  return json_response(std::move(body));
}

Result<Response> get_value(Call& call) {
  HANSE_TRY(auto shape, shape_wish(call.query));
  HANSE_TRY(const auto found, element_of(call));
  if (found.element->of() == Capability || found.element->of() == Operation)
    return fail(ErrorCode::invalid, fmt::format("{} has no value", info(found.element->of()).name));
  const auto live = call.twins.live();
  shape.live = &live;
  std::string body;
  if (!append_value(body, *found.element, shape)) body = "null";
  return json_response(std::move(body));
}

Result<Response> patch_value(Call& call) {
  HANSE_TRY(const auto found, element_of(call));
  HANSE_TRY(const auto document, JsonDocument::parse(call.request.body));
  if (found.element->of() == Property && !bound_signal(*found.element).empty())
    return write_through(call, *found.element, document.root());
  HANSE_CHECK(change_element(call, found.path, [&](Node& element) -> Result<void> {
    Findings findings;
    apply_value(element, document.root(), findings, {.name = call.name("path")});
    return findings.as_result("the value");
  }));
  return no_content();
}

Result<Response> get_reference(Call& call) {
  HANSE_TRY(const auto level, call.query.one("level"));
  if (level && *level != "core") return fail(ErrorCode::invalid, "the parameter 'level' must be core here");
  HANSE_TRY(const auto found, element_of(call));
  return json_response(write_json(reference_to(*found.submodel, found.path)));
}

Result<Response> get_paths(Call& call) {
  HANSE_TRY(const auto shape, shape_wish(call.query));
  HANSE_TRY(const auto found, element_of(call));
  const auto of = found.element->of();
  if (of != SubmodelElementCollection && of != SubmodelElementList && of != Entity)
    return fail(ErrorCode::invalid, fmt::format("{} holds no elements with paths", info(of).name));
  return json_response(to_json(paths_of(*found.element, shape.level)));
}

}  // namespace

Error no_element(const Call& call) {
  return fail(ErrorCode::not_found, fmt::format("the submodel has no element '{}'", call.name("path")));
}

Result<FoundElement> element_of(Call& call) {
  HANSE_TRY(auto submodel, submodel_of(call));
  HANSE_TRY(auto path, parse_element_path(call.name("path")));
  const auto* element = find_element(*submodel, path);
  if (!element) return no_element(call);
  return FoundElement{std::move(submodel), element, std::move(path)};
}

Result<void> change_element(Call& call, const ElementPath& path, const std::function<Result<void>(Node&)>& work) {
  HANSE_CHECK(call.twins.change(call.actor(), Class::Submodel, call.name("sm"), [&](Node& submodel) -> Result<void> {
    auto* element = find_element(submodel, path);
    if (!element) return no_element(call);
    return work(*element);
  }));
  return {};
}

std::vector<Action> element_operations() {
  std::vector<Action> out;
  for (const std::string prefix : {"submodels/{sm}", "shells/{aas}/submodels/{sm}"}) {
    const auto all = prefix + "/submodel-elements";
    out.push_back({Method::get, all, list_normal});
    out.push_back({Method::post, all, post_element});
    out.push_back({Method::get, all + "/$metadata", list_metadata});
    out.push_back({Method::get, all + "/$value", list_values});
    out.push_back({Method::get, all + "/$reference", list_references});
    out.push_back({Method::get, all + "/$path", list_paths});
    const auto one = all + "/{path}";
    out.push_back({Method::get, one, get_element});
    out.push_back({Method::post, one, post_element});
    out.push_back({Method::put, one, put_element});
    out.push_back({Method::patch, one, patch_element});
    out.push_back({Method::del, one, delete_element});
    out.push_back({Method::get, one + "/$metadata", get_metadata});
    out.push_back({Method::patch, one + "/$metadata", patch_metadata});
    out.push_back({Method::get, one + "/$value", get_value});
    out.push_back({Method::patch, one + "/$value", patch_value});
    out.push_back({Method::get, one + "/$reference", get_reference});
    out.push_back({Method::get, one + "/$path", get_paths});
    for (auto& each : attachment_operations(one)) out.push_back(std::move(each));
    for (auto& each : invocation_operations(one)) out.push_back(std::move(each));
  }
  return out;
}

}  // namespace hanse::twin
