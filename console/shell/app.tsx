// The whole page: who is not signed in sees the way in, who is sees what their key may do.
import { useRef } from 'preact/hooks';
import { resuming, session, unresumed } from '../api/session.js';
import { Loading } from '../ui/states.js';
import { Frame } from './frame.js';
import { Resume } from './resume.js';
import { SignIn } from './sign-in.js';

export function App() {
  const hasWaited = useRef(false);
  if (resuming.value) {
    return (
      <main class="sign-in">
        <Loading />
      </main>
    );
  }
  // Who came in by a button is brought to the view; a page that was loaded anew begins where pages begin.
  if (session.value !== undefined) return <Frame takesFocus={hasWaited.current} />;
  hasWaited.current = true;
  return unresumed.value === undefined ? <SignIn /> : <Resume problem={unresumed.value} />;
}
