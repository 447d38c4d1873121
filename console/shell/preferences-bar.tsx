import { t, type TextName } from '../i18n/i18n.js';
import { language, type Theme, theme, THEMES } from '../state/preferences.js';
import { Icon } from '../ui/icons.js';

const THEME_ICON = { system: 'system', light: 'sun', dark: 'moon' } as const;
const THEME_NAME: Readonly<Record<Theme, TextName>> = {
  system: 'theme.system',
  light: 'theme.light',
  dark: 'theme.dark',
};

/** The language, and light or dark. */
export function Preferences() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system';
  const themeLabel = t('theme.label', { theme: t(THEME_NAME[theme.value]) });
  return (
    <div class="preferences">
      <button
        type="button"
        class="button button-small"
        lang={language.value === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => {
          language.value = language.value === 'zh' ? 'en' : 'zh';
        }}
      >
        {language.value === 'zh' ? 'English' : '中文'}
      </button>
      <button
        type="button"
        class="button button-small"
        aria-label={themeLabel}
        onClick={() => {
          theme.value = next;
        }}
      >
        <Icon name={THEME_ICON[theme.value]} /> {t(THEME_NAME[theme.value])}
      </button>
    </div>
  );
}
