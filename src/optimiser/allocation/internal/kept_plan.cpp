#include "optimiser/allocation/internal/kept_plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

namespace hanse::optimiser::allocation::internal {
namespace {

constexpr double kLeast = 1e-6;
constexpr std::uint32_t kWeeksEarlier = 3;

}  // namespace

Merit::Merit(const Model& m, const PriceList& prices)
    : members(m.group_members), of_supplier(m.problem.suppliers), markets_at(m.places()), rows_of(m.count) {
  const bool priced = prices.rents.size() == m.problem.pools.size() * m.weeks;
  std::vector<double> key(m.count);
  for (std::uint32_t e = 0; e < m.count; ++e) {
    const auto& activity = m.problem.activities[m.original[e]];
    pool_of.push_back(activity.pool);
    of_supplier[m.problem.pools[activity.pool].supplier].push_back(e);
    double rent = 0;
    for (std::uint32_t t = 0; priced && t < m.weeks; ++t) rent += prices.rents[activity.pool * m.weeks + t] / m.weeks;
    key[e] = m.cost[e] + rent * m.hours[e] / m.money;
  }
  for (auto& group : members) {
    std::sort(group.begin(), group.end(), [&](auto a, auto b) { return key[a] != key[b] ? key[a] < key[b] : a < b; });
  }
  for (std::uint32_t w = 0; w < m.markets.size(); ++w) markets_at[m.markets[w].place].push_back(w);
  for (std::uint32_t r = 0; r < m.rows.size(); ++r) {
    if (!std::isfinite(m.rows[r].max)) continue;
    for (const auto& [e, weight] : m.rows[r].terms) rows_of[e].emplace_back(r, weight);
  }
}

KeptPlan::KeptPlan(const Model& m, const Merit& merit, State state)
    : m_(m),
      merit_(merit),
      state_(std::move(state)),
      hours_left_(m.capacity),
      overtime_(m.overtime),
      stock_(m.places() * m.weeks),
      out_(m.count),
      lane_closed_(m.problem.lanes.size()),
      is_used_(m.count),
      used_(m.groups()),
      was_short_(m.places()) {
  for (std::size_t i = 0; i < stock_.size(); ++i) stock_[i] = m.given[i];
  for (const auto& row : m.rows) row_left_.push_back(row.max);
  for (std::uint32_t e = 0; e < m.count; ++e) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      const double x = state_.made[at(e, t)];
      if (x == 0) continue;
      note_used(e);
      hours_left_[at(merit.pool_of[e], t)] -= static_cast<float>(x * m.hours[e]);
      for (const auto& [row, weight] : merit.rows_of[e]) row_left_[row] -= x * weight;
      for (const auto& need : m.inputs[m.group[e] / m.zones])
        stock_[at(need.item * m.zones + m.group[e] % m.zones, t)] -= need.quantity * x;
      if (t + m.lead[e] < m.weeks) stock_[at(m.place[e], t + m.lead[e])] += x * m.yield[e];
    }
  }
  for (std::size_t f = 0; f < m.flows.size(); ++f) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      stock_[at(m.flows[f].from, t)] -= state_.moved[at(f, t)];
      if (t + m.flows[f].lead < m.weeks) stock_[at(m.flows[f].to, t + m.flows[f].lead)] += state_.moved[at(f, t)];
    }
  }
  for (std::size_t w = 0; w < m.markets.size(); ++w) {
    for (std::uint32_t t = 0; t + m.markets[w].lead < m.weeks; ++t)
      stock_[at(m.markets[w].place, t + m.markets[w].lead)] += state_.bought[at(w, t)];
  }
  for (std::size_t d = 0; d < m.dues.size(); ++d) {
    for (std::uint32_t t = 0; t < m.weeks; ++t) stock_[at(m.dues[d].place, t)] -= state_.delivered[at(d, t)];
  }
  for (std::size_t q = 0; q < m.places(); ++q) {
    for (std::uint32_t t = 1; t < m.weeks; ++t) stock_[at(q, t)] += stock_[at(q, t - 1)];
    // What single precision left below nothing is nothing.
    for (std::uint32_t t = 0; t < m.weeks; ++t) {
      auto& stock = stock_[at(q, t)];
      if (stock > -1e-3) stock = std::max(0.0, stock);
      was_short_[q] |= stock < -kLeast;
    }
  }
}

void KeptPlan::note_used(std::uint32_t e) {
  if (is_used_[e]) return;
  is_used_[e] = 1;
  used_[m_.group[e]].push_back(e);
}

double KeptPlan::spare(std::size_t place, std::uint32_t week) const {
  double least = std::numeric_limits<double>::infinity();
  for (auto t = week; t < m_.weeks; ++t) least = std::min(least, stock_[at(place, t)]);
  return std::max(0.0, least);
}

void KeptPlan::add_stock(std::size_t place, std::uint32_t week, double quantity) {
  bool is_short = false;
  for (auto t = week; t < m_.weeks; ++t) {
    stock_[at(place, t)] += quantity;
    is_short |= stock_[at(place, t)] < -kLeast;
  }
  was_short_[place] |= is_short;
}

void KeptPlan::set_made(std::uint32_t e, std::uint32_t week, double quantity, ChangeReason reason) {
  auto& made = state_.made[at(e, week)];
  const double before = made;
  made = static_cast<float>(std::max(0.0, quantity));
  const double change = made - before;
  if (change > 0) note_used(e);
  const auto [entry, fresh] = touched_.try_emplace(at(e, week), Touched{before, reason});
  if (!fresh && reason != ChangeReason::inputs_missing) entry->second.reason = reason;
  hours_left_[at(merit_.pool_of[e], week)] -= static_cast<float>(change * m_.hours[e]);
  for (const auto& [row, weight] : merit_.rows_of[e]) row_left_[row] -= change * weight;
  for (const auto& need : m_.inputs[m_.group[e] / m_.zones])
    add_stock(need.item * m_.zones + m_.group[e] % m_.zones, week, -need.quantity * change);
  if (week + m_.lead[e] < m_.weeks) add_stock(m_.place[e], week + m_.lead[e], change * m_.yield[e]);
}

void KeptPlan::lose(const Disruption& disruption) {
  const auto lose_activity = [&](std::uint32_t e) {
    out_[e] = 1;
    for (auto t = from_; t < m_.weeks; ++t) {
      if (state_.made[at(e, t)] <= 0) continue;
      lost_ += state_.made[at(e, t)];
      set_made(e, t, 0, ChangeReason::lost);
    }
  };
  for (const auto supplier : disruption.suppliers_out) {
    if (supplier < merit_.of_supplier.size())
      std::for_each(merit_.of_supplier[supplier].begin(), merit_.of_supplier[supplier].end(), lose_activity);
  }
  for (const auto activity : disruption.activities_out) {
    if (activity < m_.count) lose_activity(m_.position[activity]);
  }
  for (const auto& cut : disruption.capacity) {
    if (cut.pool + 1 >= m_.pool_begin.size()) continue;
    for (auto t = from_; t < std::min(m_.weeks, cut.until_week); ++t) {
      const auto place = at(cut.pool, t);
      // Who has half of the machines has half of the overtime, too.
      double worked = 0;
      for (auto e = m_.pool_begin[cut.pool]; e < m_.pool_begin[cut.pool + 1]; ++e)
        worked += static_cast<double>(state_.made[at(e, t)]) * m_.hours[e];
      const double left = (m_.capacity[place] + m_.overtime[place]) * cut.part;
      hours_left_[place] = std::min(hours_left_[place], static_cast<float>(m_.capacity[place] * cut.part - worked));
      overtime_[place] = std::min(overtime_[place], static_cast<float>(m_.overtime[place] * cut.part));
      if (worked <= left) continue;
      for (auto e = m_.pool_begin[cut.pool]; e < m_.pool_begin[cut.pool + 1]; ++e) {
        const double made = state_.made[at(e, t)];
        if (made <= 0) continue;
        double kept = made * left / worked;
        if (m_.lot[e] > 0) kept = std::floor(kept / m_.lot[e] + 1e-6) * m_.lot[e];
        lost_ += made - kept;
        set_made(e, t, kept, ChangeReason::lost);
      }
    }
  }
  for (const auto lane : disruption.lanes_closed) {
    if (lane < lane_closed_.size()) lane_closed_[lane] = 1;
    for (std::size_t f = 0; f < m_.flows.size(); ++f) {
      if (m_.flows[f].lane != lane) continue;
      for (auto t = from_; t < m_.weeks; ++t) {
        const double moved = std::exchange(state_.moved[at(f, t)], 0.0F);
        if (moved <= 0) continue;
        lost_ += moved;
        add_stock(m_.flows[f].from, t, moved);
        if (t + m_.flows[f].lead < m_.weeks) add_stock(m_.flows[f].to, t + m_.flows[f].lead, -moved);
      }
    }
  }
}

void KeptPlan::replace() {
  with_room_.clear();
  for (auto item = m_.raw_first.rbegin(); item != m_.raw_first.rend(); ++item) {
    for (std::uint32_t zone = 0; zone < m_.zones; ++zone) {
      if (!was_short_[*item * m_.zones + zone]) continue;
      for (auto t = from_; t < m_.weeks; ++t) {
        if (stock_[at(*item * m_.zones + zone, t)] < -kLeast) replace_at(*item, zone, t);
      }
    }
  }
}

/// One lack: who else can have it there by then, nearest to the old plan first.
void KeptPlan::replace_at(std::uint32_t item, std::uint32_t zone, std::uint32_t week) {
  const auto place = std::size_t{item} * m_.zones + zone;
  double missing = -stock_[at(place, week)];
  const auto take = [&](double found) {
    missing -= found;
    replaced_ += found;
    return missing <= kLeast;
  };
  for (const bool overtime : {false, true}) {
    if (take(make_for(place, week, missing, overtime, overtime ? ChangeReason::overtime : ChangeReason::taken_over)))
      return;
    for (std::uint32_t back = 1; back <= kWeeksEarlier && back <= week; ++back) {
      if (take(make_for(place, week - back, missing, overtime,
                        overtime ? ChangeReason::overtime : ChangeReason::taken_over_early)))
        return;
    }
    if (take(ship_for(item, place, week, missing, overtime))) return;
  }
  take(buy_for(place, week, missing));
}

/// For how much more of a recipe the inputs are there from a week on.
double KeptPlan::inputs_allow(std::uint32_t recipe, std::uint32_t zone, std::uint32_t start) const {
  double room = std::numeric_limits<double>::infinity();
  for (const auto& need : m_.inputs[recipe]) {
    room = std::min(room, spare(need.item * m_.zones + zone, start) / need.quantity);
    if (room <= kLeast) break;
  }
  return room;
}

std::vector<std::uint32_t>& KeptPlan::with_room(std::size_t group, std::uint32_t arrival, bool overtime) {
  const auto [entry, fresh] = with_room_.try_emplace((group * m_.weeks + arrival) * 2 + (overtime ? 1 : 0));
  if (fresh) entry->second = merit_.members[group];
  return entry->second;
}

/// While one item is replaced, nothing gives hours, limits or inputs back: who had no room once has none later and is
/// not looked at again.
double KeptPlan::make_for(std::size_t place, std::uint32_t arrival, double missing, bool overtime,
                          ChangeReason reason) {
  constexpr std::size_t kLeads = 16;  // Longer ones are looked up each time.
  double found = 0;
  const auto zone = static_cast<std::uint32_t>(place % m_.zones);
  for (const auto recipe : m_.recipes_of[place / m_.zones]) {
    auto& members = with_room(recipe * m_.zones + zone, arrival, overtime);
    std::array<double, kLeads> allowed;
    allowed.fill(-1);
    std::size_t seen = 0, kept = 0;
    for (; seen < members.size() && missing - found > kLeast + 2e-6 * missing; ++seen) {
      const auto e = members[seen];
      const auto lead = m_.lead[e];
      if (arrival < lead + from_ || out_[e]) continue;
      const auto start = arrival - lead;
      const auto hours = at(merit_.pool_of[e], start);
      double most = std::min<double>(m_.most[at(e, start)] - state_.made[at(e, start)],
                                     (hours_left_[hours] + (overtime ? overtime_[hours] : 0)) / m_.hours[e]);
      if (most <= kLeast) continue;
      double inputs = lead < kLeads ? allowed[lead] : -1;
      if (inputs < 0) inputs = inputs_allow(recipe, zone, start);
      if (lead < kLeads) allowed[lead] = inputs;
      most = std::min(most, inputs);
      for (const auto& [row, weight] : merit_.rows_of[e]) most = std::min(most, row_left_[row] / weight);
      if (most <= kLeast) continue;
      members[kept++] = e;
      double room = std::min(most, (missing - found) / m_.yield[e]);
      if (m_.lot[e] > 0) room = std::floor(room / m_.lot[e]) * m_.lot[e];
      if (room <= kLeast) continue;
      if (m_.lot[e] == 0) room *= 1 - 1e-6;  // Rounded to single precision it must not pass a limit.
      set_made(e, start, state_.made[at(e, start)] + room, reason);
      allowed.fill(-1);
      found += room * m_.yield[e];
    }
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(kept),
                  members.begin() + static_cast<std::ptrdiff_t>(seen));
    if (missing - found <= kLeast + 2e-6 * missing) return missing;
  }
  return found;
}

double KeptPlan::ship_for(std::uint32_t item, std::size_t place, std::uint32_t week, double missing, bool overtime) {
  double found = 0;
  for (auto f = m_.flow_begin[item]; f < m_.flow_begin[item + 1] && missing - found > kLeast; ++f) {
    const auto& flow = m_.flows[f];
    if (flow.to != place || lane_closed_[flow.lane] || week < flow.lead + from_) continue;
    const auto leaves = week - flow.lead;
    double there = std::min(missing - found, spare(flow.from, leaves));
    if (there < missing - found) {
      make_for(flow.from, leaves, missing - found - there, overtime,
               overtime ? ChangeReason::overtime : ChangeReason::from_other_zone);
      there = std::min(missing - found, spare(flow.from, leaves));
    }
    if (there <= kLeast) continue;
    state_.moved[at(f, leaves)] += static_cast<float>(there);
    add_stock(flow.from, leaves, -there);
    add_stock(place, week, there);
    found += there;
  }
  return found;
}

double KeptPlan::buy_for(std::size_t place, std::uint32_t week, double missing) {
  double found = 0;
  for (const auto w : merit_.markets_at[place]) {
    const auto& market = m_.markets[w];
    for (std::uint32_t arrival = week + 1; arrival-- > 0 && missing - found > kLeast;) {
      if (arrival < market.lead + from_) break;
      auto& bought = state_.bought[at(w, arrival - market.lead)];
      const double more = std::min<double>(missing - found, market.most - bought);
      if (more <= kLeast) continue;
      bought_.try_emplace(at(w, arrival - market.lead), Touched{bought, ChangeReason::bought});
      bought += static_cast<float>(more);
      add_stock(place, arrival, more);
      found += more;
    }
  }
  return found;
}

/// What nobody replaces goes missing upwards.
void KeptPlan::go_without() {
  for (const auto item : m_.raw_first) {
    // Goods that don't leave one zone are missing in another: again, until nothing is missing anywhere.
    bool missing = true;
    for (std::uint32_t round = 0; round <= m_.zones && missing; ++round) {
      missing = false;
      for (std::uint32_t zone = 0; zone < m_.zones; ++zone) {
        const auto place = std::size_t{item} * m_.zones + zone;
        if (!was_short_[place]) continue;
        for (std::uint32_t t = 0; t < m_.weeks; ++t) {
          for (auto back = t + 1; back-- > 0 && stock_[at(place, t)] < -kLeast;) {
            missing = true;
            cut_users(item, zone, back, -stock_[at(place, t)]);
          }
        }
      }
    }
  }
}

void KeptPlan::cut_users(std::uint32_t item, std::uint32_t zone, std::uint32_t week, double missing) {
  const auto place = std::size_t{item} * m_.zones + zone;
  double made_of_it = 0, used = 0;
  struct User {
    std::uint32_t activity;
    double quantity, made;
  };
  std::vector<User> users;
  for (const auto recipe : m_.users_of[item]) {
    for (const auto& need : m_.inputs[recipe]) {
      if (need.item != item) continue;
      for (const auto e : used_[recipe * m_.zones + zone]) {
        const double made = state_.made[at(e, week)];
        if (made <= 0) continue;
        made_of_it += need.quantity * made;
        users.push_back({e, need.quantity, made});
      }
    }
  }
  for (auto f = m_.flow_begin[item]; f < m_.flow_begin[item + 1]; ++f)
    used += m_.flows[f].from == place ? state_.moved[at(f, week)] : 0;
  const auto d = m_.due_of_place[place];
  if (d >= 0) used += state_.delivered[at(static_cast<std::size_t>(d), week)];
  used += made_of_it;
  if (used <= 0) return;
  const double part = std::max(0.0, 1 - missing / used * (1 + 1e-6));
  // From those that make most of it first: the fewest members hear of it.
  std::sort(users.begin(), users.end(), [](const User& a, const User& b) {
    return a.made * a.quantity != b.made * b.quantity ? a.made * a.quantity > b.made * b.quantity
                                                      : a.activity < b.activity;
  });
  double cut_of_it = made_of_it * (1 - part);
  for (const auto& user : users) {
    if (cut_of_it <= 0) break;
    double kept = std::max(0.0, user.made - cut_of_it / user.quantity);
    if (m_.lot[user.activity] > 0) kept = std::floor(kept / m_.lot[user.activity] + 1e-6) * m_.lot[user.activity];
    set_made(user.activity, week, kept, ChangeReason::inputs_missing);
    cut_of_it -= (user.made - kept) * user.quantity;
  }
  for (auto f = m_.flow_begin[item]; f < m_.flow_begin[item + 1]; ++f) {
    auto& moved = state_.moved[at(f, week)];
    if (m_.flows[f].from != place || moved <= 0) continue;
    const double cut = moved * (1 - part);
    moved = static_cast<float>(moved - cut);
    add_stock(place, week, cut);
    if (week + m_.flows[f].lead < m_.weeks) add_stock(m_.flows[f].to, week + m_.flows[f].lead, -cut);
  }
  if (d >= 0) {
    auto& given = state_.delivered[at(static_cast<std::size_t>(d), week)];
    const double cut = given * (1 - part);
    given = static_cast<float>(given - cut);
    add_stock(place, week, cut);
  }
}

void KeptPlan::deliver_again() {
  for (std::size_t d = 0; d < m_.dues.size(); ++d) {
    std::vector<double> open(m_.weeks);
    for (std::uint32_t t = 0; t < m_.weeks; ++t)
      open[t] = (t > 0 ? open[t - 1] : 0) + m_.dues[d].quantity[t] - state_.delivered[at(d, t)];
    for (auto t = from_; t < m_.weeks; ++t) {
      const double more = std::min(*std::min_element(open.begin() + t, open.end()), spare(m_.dues[d].place, t));
      if (more <= kLeast) continue;
      state_.delivered[at(d, t)] += static_cast<float>(more);
      add_stock(m_.dues[d].place, t, -more);
      for (auto s = t; s < m_.weeks; ++s) open[s] -= more;
    }
  }
}

Repair KeptPlan::repair(const Disruption& disruption) {
  from_ = std::min(disruption.from_week, m_.weeks);
  touched_.clear();
  bought_.clear();
  suppliers_out_ = disruption.suppliers_out;
  lost_ = replaced_ = units_before_ = 0;
  for (std::size_t d = 0; d < m_.dues.size(); ++d) {
    for (std::uint32_t t = 0; t < m_.weeks; ++t) units_before_ += state_.delivered[at(d, t)] * m_.set[m_.dues[d].item];
  }
  lose(disruption);
  replace();
  go_without();
  deliver_again();
  return report();
}

Repair KeptPlan::report() const {
  Repair out{.changes = {},
             .lost = lost_,
             .replaced = std::min(replaced_, lost_),
             .units_before = units_before_,
             .delivered_after = std::vector<double>(m_.weeks)};
  std::set<std::uint32_t> call;
  for (const auto& [where, was] : touched_) {
    const auto e = static_cast<std::uint32_t>(where / m_.weeks);
    const double units = m_.set[m_.place[e] / m_.zones], now = state_.made[where];
    if (std::abs(now - was.before) <= kLeast) continue;
    out.changes.push_back(
        {m_.original[e], static_cast<std::uint32_t>(where % m_.weeks), was.before * units, now * units, was.reason});
    call.insert(m_.problem.pools[merit_.pool_of[e]].supplier);
  }
  std::sort(out.changes.begin(), out.changes.end(), [](const Change& a, const Change& b) {
    return std::tie(a.activity, a.week) < std::tie(b.activity, b.week);
  });
  for (const auto& [where, was] : bought_) {
    const auto& market = m_.markets[where / m_.weeks];
    const double units = m_.set[market.place / m_.zones];
    out.changes.push_back({market.purchase, static_cast<std::uint32_t>(where % m_.weeks), was.before * units,
                           state_.bought[where] * units, ChangeReason::bought});
  }
  for (const auto supplier : suppliers_out_) call.erase(supplier);
  out.suppliers_to_call.assign(call.begin(), call.end());
  for (std::size_t d = 0; d < m_.dues.size(); ++d) {
    for (std::uint32_t t = 0; t < m_.weeks; ++t)
      out.delivered_after[t] += state_.delivered[at(d, t)] * m_.set[m_.dues[d].item];
  }
  for (const auto units : out.delivered_after) out.units_after += units;
  return out;
}

}  // namespace hanse::optimiser::allocation::internal
