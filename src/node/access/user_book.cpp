#include "node/access/user_book.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "node/access/permissions.hpp"
#include "plant/equipment.hpp"

namespace hanse::node {
namespace {

constexpr std::size_t kNameBytesMax = 100;

Error wrong_field(std::string path, std::string message) {
  return fail(ErrorCode::invalid, "the request has wrong fields", {{std::move(path), std::move(message)}});
}

/// Code points that can't be seen or turn the text's direction: with them two names could look the same.
bool is_invisible(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    const auto rest = [&](std::size_t at) { return static_cast<unsigned char>(text[i + at]); };  // it's UTF-8
    if (byte == 0xC2 && rest(1) <= 0xA0) return true;  // C1 controls, no-break blank
    if (byte == 0xE2 && rest(1) == 0x80 && (rest(2) <= 0x8F || (rest(2) >= 0xA8 && rest(2) <= 0xAF))) return true;
    if (byte == 0xE2 && rest(1) == 0x81 && rest(2) >= 0x9F && rest(2) <= 0xAF) return true;
    if (byte == 0xEF && text.substr(i).starts_with("\xEF\xBB\xBF")) return true;
  }
  return false;
}

std::string user_credential(std::string_view user) { return "user:" + std::string{user}; }

bool is_administrator(const User& user) {
  return !user.disabled && std::any_of(user.roles.begin(), user.roles.end(), [](const RoleGrant& grant) {
    return grant.role == kAdminRole && grant.sites.empty();
  });
}

/// Any administrator but `except`, as the transaction sees it.
template <class List>
Result<bool> any_administrator(const List& list, std::string_view except) {
  store::Query query{.kind = kUserKind, .equal = {{"role", std::string{kAdminRole}}}, .limit = 1000};
  for (;;) {
    HANSE_TRY(const auto page, list(query));
    for (const auto& document : page.items) {
      if (document.id == except) continue;
      HANSE_TRY(const auto user, from_json<User>(document.body, UnknownMembers::ignore));
      if (is_administrator(user)) return true;
    }
    if (!page.next) return false;
    query.cursor = page.next;
  }
}

Result<void> keep_an_administrator(store::Transaction& transaction, const User& before, const User* after) {
  if (!is_administrator(before) || (after && is_administrator(*after))) return {};
  HANSE_TRY(const bool another,
            any_administrator([&](const store::Query& query) { return transaction.list(query); }, before.id));
  if (another) return {};
  return fail(ErrorCode::conflict,
              fmt::format("'{}' is the last administrator; give the role to somebody else first", before.name));
}

Result<void> remove_all(store::Transaction& transaction, const char* kind, const char* field, std::string_view value,
                        const std::function<Result<void>(const std::string& id)>& also) {
  for (;;) {
    HANSE_TRY(const auto page, transaction.list({.kind = kind, .equal = {{field, std::string{value}}}, .limit = 1000}));
    for (const auto& document : page.items) {
      HANSE_CHECK(transaction.remove(kind, document.id, {}));
      if (also) HANSE_CHECK(also(document.id));
    }
    if (!page.next) return {};
  }
}

Result<void> end_tokens(store::Transaction& transaction, std::string_view user) {
  return remove_all(transaction, kTokenKind, "owner", user,
                    [&](const std::string& id) { return transaction.remove(kCredentialKind, "token:" + id, {}); });
}

Result<void> may_give(const UserBook::Giver& giver, const User& user) {
  User enabled = user;
  enabled.disabled = false;
  if (!giver || giver->covers(rights_of(enabled))) return {};
  return fail(ErrorCode::forbidden, fmt::format("'{}' may do what you may not: ask somebody who may", user.name));
}

}  // namespace

Result<void> end_sessions(store::Transaction& transaction, std::string_view user) {
  return remove_all(transaction, kSessionKind, "user", user, {});
}

UserBook::UserBook(store::Store& store, PasswordCost cost)
    : store_(store), users_(store, kUserKind), credentials_(store, kCredentialKind), hasher_(cost) {}

Result<std::string> UserBook::id_of(std::string_view name) {
  const auto refuse = [](std::string message) { return fail(ErrorCode::invalid, std::move(message)); };
  if (name.empty()) return refuse("is required");
  if (name.size() > kNameBytesMax) return refuse(fmt::format("must have at most {} bytes", kNameBytesMax));
  if (!is_utf8(name)) return refuse("must be text in UTF-8");
  if (trim(name) != name) return refuse("must not begin or end with a blank");
  if (name.find_first_of("/\\:\"<>") != std::string_view::npos) return refuse("must not hold any of / \\ : \" < >");
  if (is_invisible(name)) return refuse("must not hold characters that can't be seen");
  return to_lower(name);
}

Result<bool> UserBook::has_administrator() const {
  return any_administrator([&](const store::Query& query) { return store_.list(query); }, "");
}

Result<void> UserBook::check_roles(const std::vector<RoleGrant>& roles) const {
  const store::Collection<plant::Asset> assets{store_, "asset"};
  std::vector<FieldError> errors;
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (!is_role(roles[i].role)) errors.push_back({fmt::format("roles[{}].role", i), "must be one of " + role_names()});
    for (std::size_t j = 0; j < roles[i].sites.size(); ++j) {
      HANSE_TRY(const auto site, assets.find(roles[i].sites[j]));
      if (site && site->record.level == plant::Level::site) continue;
      errors.push_back({fmt::format("roles[{}].sites[{}]", i, j), "must be the id of a site in the equipment tree"});
    }
  }
  if (errors.empty()) return {};
  return fail(ErrorCode::invalid, "the request has wrong fields", std::move(errors));
}

Result<store::Stored<User>> UserBook::insert(const store::Actor& actor, const NewUser& fresh, bool first) {
  auto id = id_of(fresh.name);
  if (!id) return wrong_field("name", id.error().message);
  if (const auto good = check_password(fresh.password, fresh.name); !good) {
    return wrong_field("password", good.error().message);
  }
  HANSE_TRY(auto hash, hasher_.hash(fresh.password));
  const User user{.id = *std::move(id), .name = fresh.name, .roles = fresh.roles, .disabled = fresh.disabled};
  std::int64_t version = 0;
  HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    if (first) {
      HANSE_TRY(const bool any,
                any_administrator([&](const store::Query& query) { return transaction.list(query); }, ""));
      if (any) return fail(ErrorCode::conflict, "this node has its administrator already; sign in");
    }
    HANSE_TRY(const auto taken, transaction.get(kUserKind, user.id));
    if (taken) return fail(ErrorCode::conflict, fmt::format("there is a user '{}' already", user.id));
    HANSE_TRY(version, users_.put(transaction, user, 0));
    HANSE_CHECK(credentials_.put(transaction, {.id = user_credential(user.id), .hash = hash}));
    return {};
  }));
  return store::Stored<User>{.record = user, .version = version, .changed_at = {}};
}

Result<store::Stored<User>> UserBook::create(const store::Actor& actor, const Giver& giver, const NewUser& fresh) {
  HANSE_CHECK(check_roles(fresh.roles));
  HANSE_CHECK(may_give(giver, {.id = {}, .name = fresh.name, .roles = fresh.roles}));
  return insert(actor, fresh, false);
}

Result<store::Stored<User>> UserBook::create_first(const NewUser& fresh) {
  NewUser administrator = fresh;
  administrator.roles = {{.role = std::string{kAdminRole}, .sites = {}}};
  return insert({"system:setup"}, administrator, true);
}

Result<store::Stored<User>> UserBook::change(const store::Actor& actor, const Giver& giver, const UserChange& change,
                                             std::optional<std::int64_t> expected) {
  HANSE_TRY(const auto seen, users_.get(change.id));
  const User& before = seen.record;
  if (change.name && *change.name != before.name) {
    return wrong_field("name", fmt::format("must stay '{}': the journal knows the user by it", before.name));
  }
  User after = before;
  if (change.roles) after.roles = *change.roles;
  if (change.disabled) after.disabled = *change.disabled;
  HANSE_CHECK(check_roles(after.roles));
  HANSE_CHECK(may_give(giver, before));
  HANSE_CHECK(may_give(giver, after));
  std::string hash;
  if (change.password) {
    if (const auto good = check_password(*change.password, before.name); !good) {
      return wrong_field("password", good.error().message);
    }
    HANSE_TRY(hash, hasher_.hash(*change.password));
  }
  std::int64_t version = 0;
  HANSE_CHECK(store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_CHECK(keep_an_administrator(transaction, before, &after));
    HANSE_TRY(version, users_.put(transaction, after, expected.value_or(seen.version)));
    if (!hash.empty()) HANSE_CHECK(credentials_.put(transaction, {.id = user_credential(after.id), .hash = hash}));
    if (!hash.empty() || after.disabled) HANSE_CHECK(end_sessions(transaction, after.id));
    return {};
  }));
  return store::Stored<User>{.record = after, .version = version, .changed_at = {}};
}

Result<void> UserBook::remove(const store::Actor& actor, const Giver& giver, std::string_view id,
                              std::optional<std::int64_t> expected) {
  HANSE_TRY(const auto seen, users_.get(id));
  HANSE_CHECK(may_give(giver, seen.record));
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_CHECK(keep_an_administrator(transaction, seen.record, nullptr));
    HANSE_CHECK(users_.remove(transaction, id, expected.value_or(seen.version)));
    HANSE_CHECK(credentials_.remove(transaction, user_credential(id)));
    HANSE_CHECK(end_sessions(transaction, id));
    return end_tokens(transaction, id);
  });
}

Result<std::optional<User>> UserBook::check(std::string_view name, std::string_view password) {
  const auto id = id_of(name);
  std::optional<User> user;
  std::string hash;
  if (id) {
    HANSE_TRY(const auto stored, users_.find(*id));
    HANSE_TRY(const auto credential, credentials_.find(user_credential(*id)));
    if (stored && credential && !stored->record.disabled) {
      user = stored->record;
      hash = credential->record.hash;
    }
  }
  HANSE_TRY(const bool fits, hasher_.verify(hash, password));
  if (!fits) return std::optional<User>{};
  if (hasher_.is_outdated(hash)) {
    HANSE_TRY(auto anew, hasher_.hash(password));
    HANSE_CHECK(credentials_.put({"system:access"}, {.id = user_credential(user->id), .hash = std::move(anew)}));
  }
  return user;
}

Result<void> UserBook::set_password(const store::Actor& actor, const User& user, std::string_view password) {
  if (const auto good = check_password(password, user.name); !good)
    return wrong_field("password", good.error().message);
  HANSE_TRY(auto hash, hasher_.hash(password));
  return store_.write(actor, [&](store::Transaction& transaction) -> Result<void> {
    HANSE_CHECK(credentials_.put(transaction, {.id = user_credential(user.id), .hash = hash}));
    HANSE_CHECK(transaction.note("password", kUserKind, user.id, "{}"));
    return end_sessions(transaction, user.id);
  });
}

}  // namespace hanse::node
