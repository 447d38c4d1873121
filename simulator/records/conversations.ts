// Invented conversations of a calling machine with the people that it calls. They hold no names and no numbers of people.
import type { Random } from './random.js';

interface Turn {
  readonly role: 'assistant' | 'user';
  readonly content: string;
}

/** What a conversation brought, as a note says it. */
export interface Conversation {
  readonly majorIntent: string;
  /** Tags with a text, and tags with a list of values. */
  readonly outputTags: Readonly<Record<string, string | readonly string[]>>;
  readonly turns: readonly Turn[];
}

type Script = readonly (readonly [said: string, replies: Readonly<Record<Intent, string>>])[];
type Intent = (typeof INTENTS)[number];

/** A: wants it. B: perhaps. C: not now. D: does not want to be called. */
const INTENTS = ['A', 'B', 'C', 'D'] as const;
const OPTIONAL_PART = 0.7;

const CHINESE: Script = [
  [
    '您好，这里是春晓家居客服，想占用您一分钟介绍本月的到店活动，现在方便吗？',
    { A: '方便，你说。', B: '嗯，快一点说。', C: '我在开车，不太方便。', D: '不需要，不要再打了。' },
  ],
  [
    '本周六和周日到店，可以免费量房，还能领取一份小礼品。',
    {
      A: '量房要收费吗？周六下午可以吗？',
      B: '我家还没交房，不着急。',
      C: '过段时间再说吧。',
      D: '真的不需要。',
    },
  ],
  [
    '量房完全免费，您也可以先预约一个时间。',
    { A: '那就周六下午三点吧。', B: '先发个资料看看。', C: '以后再联系。', D: '请把我从名单里删掉。' },
  ],
];
const ENGLISH: Script = [
  [
    'Hello, this is the service line of Springside Home. Do you have a minute to hear about our open days?',
    {
      A: 'Sure, go ahead.',
      B: 'Okay, but make it quick.',
      C: "I'm driving, not a good time.",
      D: "Not interested. Please don't call again.",
    },
  ],
  [
    'This weekend we measure your rooms for free, and every visitor gets a small present.',
    {
      A: 'Is the measuring really free? Would Saturday work?',
      B: 'We have not moved in yet, so there is no hurry.',
      C: 'Maybe later in the year.',
      D: 'I said no.',
    },
  ],
  [
    'It costs nothing, and you can pick a time now.',
    {
      A: 'Then Saturday afternoon, please.',
      B: 'Send me something to read first.',
      C: 'Call me again some other time.',
      D: 'Take me off your list.',
    },
  ],
];

/** Draws the conversation of an answered call. */
export function drawConversation(random: Random, chinese: boolean): Conversation {
  const intent = random.pick(INTENTS);
  const script = chinese ? CHINESE : ENGLISH;
  const turns: Turn[] = [];
  for (const [said, replies] of script) {
    const goesOn = turns.length === 0 || (intent !== 'D' && random.chance(OPTIONAL_PART));
    if (!goesOn) break;
    turns.push({ role: 'assistant', content: said }, { role: 'user', content: replies[intent] });
  }
  const farewell = chinese
    ? '好的，感谢您的接听，祝您生活愉快。<hangup/>'
    : 'Thank you for your time. Goodbye.<hangup/>';
  turns.push({ role: 'assistant', content: farewell });
  return { majorIntent: intent, outputTags: tagsOf(intent, chinese, random), turns };
}

function tagsOf(intent: Intent, chinese: boolean, random: Random): Conversation['outputTags'] {
  const comes = intent === 'A';
  const topics = random.pick(
    chinese ? [['量房'], ['量房', '礼品'], ['价格']] : [['measuring'], ['measuring', 'present'], ['price']],
  );
  return chinese
    ? { 是否来店: comes ? '是' : '否', 关心话题: topics }
    : { visits: comes ? 'yes' : 'no', topics };
}
