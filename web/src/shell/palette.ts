export interface Choice {
  id: string;
  kind: string;
  title: string;
  more: string;
  act: () => void;
}
/** Choices that hold all typed words, those whose title begins with the text first. */
export function rank(choices: Choice[], text: string): Choice[] {
  const typed = text.trim().toLowerCase();
  if (!typed) return choices;
  const words = typed.split(/\s+/);
  const score = (choice: Choice): number => {
    const title = choice.title.toLowerCase();
    const all = `${title} ${choice.more} ${choice.kind}`.toLowerCase();
    if (!words.every((word) => all.includes(word))) return -1;
    return title.startsWith(typed) ? 3 : title.split(/[\s-]/).some((part) => part.startsWith(words[0]!)) ? 2 : 1;
  };
  return choices
    .map((choice, index) => ({ choice, index, score: score(choice) }))
    .filter((one) => one.score >= 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((one) => one.choice);
}
